using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Configuration;

/// <summary>What has to be done to HOCON text before Akka's parser sees it.</summary>
/// <remarks>
/// That parser accepts a bracket or quote that is never closed, knows no environment variables, and takes <c>${?X}</c> for a reference to the
/// whole configuration. So brackets are matched here, and substitutions resolved: a path of the same text goes first, an environment variable
/// second. Where X is neither, <c>interval = ${?X}</c> is left out with its key, which is then what it was before.
/// </remarks>
internal sealed partial class HoconText(string text, string origin)
{
    // Stands around the path of a substitution in a text that is read for its references alone.
    private const char Referred = '\u0001';

    private enum Mark
    {
        Text,
        Substitution,
        Open,
        Close,
        Quote,
    }

    /// <summary>The configuration that the text stands for.</summary>
    public Config Parse()
    {
        RefuseOpenEnds();
        if (!text.Contains("${", StringComparison.Ordinal))
            return Parse(text);
        RefuseCircles();
        var own = Parse(Resolve((path, _) => Variable(path)));
        return Parse(Resolve((path, _) => !own.IsEmpty && own.HasPath(path) ? $"${{{path}}}" : Variable(path)));
    }

    // Why: Akka's parser follows a path that leads to itself until the stack is full, which ends the process.
    private void RefuseCircles()
    {
        var own = Parse(Resolve((path, isOptional) => isOptional ? null : Marked(path)));
        var references = new List<(string Key, string Path)>();
        Gather(Parse(Resolve((path, isOptional) => isOptional && !MayHold(own, path) ? null : Marked(path))).Root, "", references);
        foreach (var (key, _) in references)
        {
            if (LeadsTo(key, key, references, []))
                throw new ConfigurationException($"{origin}: a value expected for {key}, one found that refers to itself; give it without ${{{key}}}.");
        }
    }

    private static string Marked(string path) => $"\"{Referred}{path}{Referred}\"";

    /// <summary>Whether there is something at the path, or a reference on the way to it that may bring it.</summary>
    private static bool MayHold(Config own, string path)
    {
        for (var end = path.Length; !own.IsEmpty && end > 0; end = path.LastIndexOf('.', end - 1))
        {
            if (own.HasPath(path[..end]))
                return end == path.Length || !own.GetValue(path[..end]).IsObject();
        }

        return false;
    }

    private static bool LeadsTo(string from, string to, List<(string Key, string Path)> references, HashSet<string> seen)
    {
        foreach (var (key, path) in references)
        {
            if (!Overlap(key, from))
                continue;
            if (Overlap(path, to) || (seen.Add(path) && LeadsTo(path, to, references, seen)))
                return true;
        }

        return false;
    }

    private static bool Overlap(string one, string other) =>
        one == other || one.StartsWith(other + ".", StringComparison.Ordinal) || other.StartsWith(one + ".", StringComparison.Ordinal);

    private static void Gather(HoconValue? value, string path, List<(string Key, string Path)> references)
    {
        foreach (var element in value?.Values ?? [])
        {
            switch (element)
            {
                case HoconObject section:
                    foreach (var (key, item) in section.Items)
                        Gather(item, path.Length == 0 ? key : $"{path}.{key}", references);
                    break;
                case HoconArray list:
                    foreach (var item in list)
                        Gather(item, path, references);
                    break;
                case HoconLiteral literal:
                    references.AddRange((literal.Value ?? "").Split(Referred).Where((_, part) => part % 2 == 1).Select(referred => (path, referred)));
                    break;
                default:
                    break;
            }
        }
    }

    private static Mark Kind(Match match) =>
        match.Groups["path"].Success ? Mark.Substitution
        : match.Groups["open"].Success ? Mark.Open
        : match.Groups["close"].Success ? Mark.Close
        : match.Groups["quote"].Success ? Mark.Quote
        : Mark.Text;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } value
        ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : null;

    private static bool EndsValue(string text, int position)
    {
        var rest = text.AsSpan(position).TrimStart(" \t\r");
        return rest.IsEmpty || rest[0] is '\n' or ',' or '}' or '#' || rest.StartsWith("//", StringComparison.Ordinal);
    }

    private string Place(int position) => string.Create(CultureInfo.InvariantCulture, $"{origin}, line {LineOf(position)}");

    private int LineOf(int position) => text.AsSpan(0, position).Count('\n') + 1;

    private Config Parse(string hocon) => string.IsNullOrWhiteSpace(hocon) ? Config.Empty : ConfigurationFactory.ParseString(hocon, RefuseInclude);

    private HoconRoot RefuseInclude(string file)
    {
        var found = Include().Matches(text).FirstOrDefault(match => match.Groups["file"].Value == file);
        throw new ConfigurationException(
            $"{Place(found?.Index ?? 0)}: settings expected, include \"{file}\" found; files are not included, add each with WithHoconFile (later ones win).");
    }

    private void RefuseOpenEnds()
    {
        var open = new Stack<Match>();
        foreach (Match match in Tokens().Matches(text))
        {
            switch (Kind(match))
            {
                case Mark.Open:
                    open.Push(match);
                    break;
                case Mark.Close:
                    Close(open, match);
                    break;
                case Mark.Quote:
                    throw new ConfigurationException($"{Place(match.Index)}: a second '\"' expected for the one there, the end of the text found; close it.");
                default:
                    break;
            }
        }

        if (open.TryPeek(out var last))
            throw new ConfigurationException($"{Place(last.Index)}: a '{CloserOf(last)}' expected for the '{last.Value}' there, the end of the text found; close it.");
    }

    private void Close(Stack<Match> open, Match closer)
    {
        if (!open.TryPop(out var opened))
            throw new ConfigurationException($"{Place(closer.Index)}: a '{closer.Value}' found that closes nothing; remove it, or open what it should close.");
        if (closer.Value != CloserOf(opened))
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Place(closer.Index)}: a '{CloserOf(opened)}' expected for the '{opened.Value}' of line {LineOf(opened.Index)}, a '{closer.Value}' found; close it before."));
        }
    }

    private static string CloserOf(Match open) => open.Value == "{" ? "}" : "]";

    /// <param name="find">What stands for a path, given whether it may be missing; null where nothing does.</param>
    private string Resolve(Func<string, bool, string?> find)
    {
        var result = new StringBuilder();
        var copied = 0;
        foreach (Match match in Tokens().Matches(text))
        {
            if (Kind(match) != Mark.Substitution)
                continue;
            var isOptional = match.Groups["optional"].Success;
            var found = find(match.Groups["path"].Value.Trim(), isOptional);
            if (found is null && !isOptional)
                continue;
            result.Append(text, copied, match.Index - copied);
            copied = match.Index + match.Length;
            if (found is not null)
                result.Append(found);
            else if (EndsValue(text, copied) && Assignment().Match(result.ToString()) is { Success: true } assignment)
                result.Length = assignment.Index;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    // Strings and comments come first, so that nothing inside them counts.
    [GeneratedRegex("""""
        """[\s\S]*?""" | "(?:\\.|[^"\\])*" | \#[^\n]* | //[^\n]*
        | \$\{(?<optional>\?)?(?<path>[^}\n]*)\}
        | (?<open>[{[]) | (?<close>[}\]]) | (?<quote>")
        """"", RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Tokens();

    [GeneratedRegex("""(?:"[^"\n]*"|[^\s{}\[\],=:"])+[ \t]*\+?[=:]\s*\z""", RegexOptions.RightToLeft)]
    private static partial Regex Assignment();

    [GeneratedRegex("""include\s+"(?<file>[^"]*)"|include\s+\w+\("(?<file>[^"]*)"\)""")]
    private static partial Regex Include();
}
