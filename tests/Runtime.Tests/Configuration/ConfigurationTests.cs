using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Hosting;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Configuration;

public sealed partial class ConfigurationTests
{
    /// <summary>Every key of the reference, with a value other than its default.</summary>
    private static readonly Dictionary<string, string> Changed = new()
    {
        ["epoch.interval"] = "7 s",
        ["epoch.max-inflight"] = "7",
        ["task.parallelism"] = "77",
        ["task.key-groups"] = "77",
        ["task.threads"] = "77",
        ["task.timeout"] = "7 s",
        ["task.max-attempts"] = "77",
        ["task.max-dead-letters"] = "78",
        ["exchange.credits"] = "77",
        ["exchange.max-batch-delay"] = "7 ms",
        ["stop.drain-timeout"] = "7 s",
        ["stop.graceful-timeout"] = "8 s",
        ["journal.kind"] = "postgresql",
        ["journal.connection-string"] = "\"Host=db\"",
        ["journal.outage-budget"] = "7 m",
        ["journal.chunk-size"] = "7 KiB",
        ["cluster.enabled"] = "on",
        ["cluster.name"] = "other-1",
        ["cluster.host"] = "localhost",
        ["cluster.port"] = "7",
        ["cluster.data-port"] = "7",
        ["cluster.public-host"] = "node-7.example",
        ["cluster.public-port"] = "7",
        ["cluster.public-data-port"] = "7",
        ["cluster.seeds"] = "\"a:1, b:2\"",
        ["cluster.roles"] = "[worker]",
        ["cluster.nodes"] = "7",
        ["cluster.placement-wait"] = "7 s",
        ["cluster.jobs-directory"] = "jobs",
        ["cluster.lease"] = "7 s",
        ["cluster.straggler-epochs"] = "7",
        ["cluster.straggler-factor"] = "7",
        ["cluster.straggler-excess"] = "7 ms",
        ["cluster.straggler-rest"] = "7 s",
        ["cluster.allow-insecure"] = "on",
        ["cluster.tls.enabled"] = "on",
        ["cluster.tls.certificate"] = "node.p12",
        ["cluster.tls.key"] = "node.key",
        ["cluster.tls.password"] = "secret",
        ["cluster.tls.authority"] = "authority.pem",
    };

    private static readonly Type[] Sections = [typeof(RuntimeOptions), typeof(JournalOptions), typeof(ClusterOptions), typeof(TlsOptions)];

    [Theory]
    [InlineData("millrace.epoch.intervall = 1 s", "Unknown key millrace.epoch.intervall; did you mean millrace.epoch.interval?")]
    [InlineData("millrace.epoch.unheard-of = 1 s", "Unknown key millrace.epoch.unheard-of; known there: interval, max-inflight.")]
    [InlineData("millrase.epoch.interval = 1 s", "Unknown section millrase; did you mean millrace?")]
    [InlineData("epoch { interval = 2 s }", "epoch.interval stands outside of millrace; did you mean millrace.epoch.interval?")]
    [InlineData("millrace.epoch = [1]", "millrace.epoch: a section expected, a list found.")]
    [InlineData("MILLRACE.epoch.interval = 2 s", "Unknown section MILLRACE; did you mean millrace?")]
    [InlineData("millrace { epoch { ", "HOCON text, line 1: a '}' expected for the '{' there, the end of the text found; close it.")]
    [InlineData("millrace {\n  epoch { interval = 1 s # }\n}", "HOCON text, line 1: a '}' expected for the '{' there, the end of the text found; close it.")]
    [InlineData("millrace { }\n}", "HOCON text, line 2: a '}' found that closes nothing; remove it, or open what it should close.")]
    [InlineData("millrace {\n  list = [1, 2\n}", "HOCON text, line 3: a ']' expected for the '[' of line 2, a '}' found; close it before.")]
    [InlineData("x = 1\nmillrace.epoch.interval = \"1 s", "HOCON text, line 2: a second '\"' expected for the one there, the end of the text found; close it.")]
    [InlineData("x = 1\ninclude \"other.conf\"", "HOCON text, line 2: settings expected, include \"other.conf\" found; files are not included, add each with WithHoconFile (later ones win).")]
    [InlineData("millrace.epoch.interval = ${MILLRACE_TESTS_UNSET}", "HOCON text: HOCON expected, found an error in it: Unresolved substitution: MILLRACE_TESTS_UNSET.")]
    [InlineData("millrace.epoch = ${millrace.epoch}", "HOCON text: a value expected for millrace.epoch, one found that refers to itself; give it without ${millrace.epoch}.")]
    [InlineData("millrace.epoch.interval = 5 s\nmillrace.epoch.interval = ${?millrace.epoch.interval}", "HOCON text: a value expected for millrace.epoch.interval, one found that refers to itself")]
    [InlineData("a = ${b.c}\nb { c = [1, ${a}] }", "HOCON text: a value expected for a, one found that refers to itself; give it without ${a}.")]
    [InlineData("millrace.epoch { interval = ${millrace} }", "HOCON text: a value expected for millrace.epoch.interval, one found that refers to itself; give it without ${millrace.epoch.interval}.")]
    [InlineData("akka = 5", "akka: a section expected, a plain value found.")]
    [InlineData("millrace.epoch.interval = 1.5 ms", "millrace.epoch.interval = 1.5 ms: whole milliseconds expected.")]
    [InlineData("millrace.exchange.credits = \"a\\nb\"", "millrace.exchange.credits = a b: a whole number from 1 to 1024 expected.")]
    [InlineData("millrace.\"ep\\noch\" = 1", "Unknown key millrace.ep och; did you mean millrace.epoch?")]
    [InlineData("millrace.epoch = []", "millrace.epoch: a section expected, a list found.")]
    [InlineData("millrace.epoch.interval = []", "millrace.epoch.interval: a plain value expected, a list found.")]
    [InlineData("millrace.task.key-groups = null", "millrace.task.key-groups: a value expected, null found; leave the key out to have its default.")]
    [InlineData("millrace.task.key-groups = \"\"", "millrace.task.key-groups: a value expected, an empty one found; leave the key out to have its default.")]
    [InlineData("millrace.epoch.interval = 500", "millrace.epoch.interval = 500: a duration with its unit")]
    [InlineData("millrace.epoch.interval = ten seconds", "millrace.epoch.interval = ten seconds: a number and a unit")]
    [InlineData("millrace.epoch.interval = -5 s", "millrace.epoch.interval = -5 s: a duration from 1 ms to 1 d expected.")]
    [InlineData("millrace.epoch.interval = 0 s", "millrace.epoch.interval = 0 s: a duration from 1 ms to 1 d expected.")]
    [InlineData("millrace.epoch.interval = 1000 d", "millrace.epoch.interval = 1000 d: a duration from 1 ms to 1 d expected.")]
    [InlineData("millrace.task.parallelism = -1", "millrace.task.parallelism = -1: a whole number from 0 to 32768 expected.")]
    [InlineData("millrace.task.parallelism = many", "millrace.task.parallelism = many: a whole number")]
    [InlineData("millrace.task.parallelism = 1.5", "millrace.task.parallelism = 1.5: a whole number")]
    [InlineData("millrace.task.parallelism { count = 2 }", "millrace.task.parallelism: a plain value expected, a section found.")]
    [InlineData("millrace.task.parallelism = [1, 2]", "millrace.task.parallelism")]
    [InlineData("millrace.task = 5", "millrace.task: a section expected, a plain value found.")]
    [InlineData("millrace = 5", "millrace: a section expected, a plain value found.")]
    [InlineData("millrace.journal.kind = oracle", "millrace.journal.kind = oracle: sqlite or postgresql expected.")]
    [InlineData("millrace.journal.kind = postgresql", "millrace.journal.connection-string: one expected with kind = postgresql, none found; set it to 'Host=")]
    [InlineData("millrace.journal.connection-string = \"Password=secret\"", "millrace.journal.connection-string: none expected with kind = sqlite, one found; leave it out")]
    [InlineData("millrace.journal.outage-budget = 0 s", "millrace.journal.outage-budget = 0 s: a duration from 1 s to 1 d expected.")]
    [InlineData("millrace.journal.chunk-size = 1 KB", "millrace.journal.chunk-size = 1 KB: a number of bytes, or one with a unit (KiB, MiB), expected.")]
    [InlineData("millrace.journal.chunk-size = 0.5", "millrace.journal.chunk-size = 0.5: 1024 to 16777216 bytes expected.")]
    [InlineData("millrace.journal.chunk-size = 17 MiB", "millrace.journal.chunk-size = 17 MiB: 1024 to 16777216 bytes expected.")]
    [InlineData("millrace.cluster.roles = [coordinator, master]", "millrace.cluster.roles = master: coordinator or worker in the list expected.")]
    [InlineData("millrace.cluster.roles = [Worker]", "millrace.cluster.roles = Worker: coordinator or worker in the list expected.")]
    [InlineData("millrace.cluster.roles = []", "millrace.cluster.roles = []: at least one of coordinator or worker expected.")]
    [InlineData("millrace.cluster.roles = worker", "millrace.cluster.roles: a list expected, a plain value found; write [worker].")]
    [InlineData("millrace.cluster.roles { worker = on }", "millrace.cluster.roles: a list expected, a section found.")]
    [InlineData("millrace.cluster.roles = [{ a = 1 }]", "millrace.cluster.roles")]
    [InlineData("millrace.cluster.roles = [[worker]]", "millrace.cluster.roles")]
    [InlineData("millrace {\n  task { threads = 1 }, stop { }\n}", "HOCON text, line 2: HOCON expected")]
    public void A_wrong_setting_is_refused_in_one_line(string hocon, string expected)
    {
        var failure = Assert.Throws<ConfigurationException>(() => Read(hocon));

        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("?.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain("  ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("millrace.epoch.interval = ${?MILLRACE_TESTS_UNSET}", 1)]
    [InlineData("millrace { epoch { interval = ${?MILLRACE_TESTS_UNSET} } }", 1)]
    [InlineData("millrace.epoch { max-inflight = 2, interval: ${?MILLRACE_TESTS_UNSET} // from outside\n}", 1)]
    [InlineData("millrace.epoch.interval = 5 s\nmillrace.epoch.interval = ${?MILLRACE_TESTS_UNSET}\n", 5)]
    [InlineData("millrace.epoch.interval = 5 s\nmillrace.epoch.interval = ${?MILLRACE_TESTS_SET}\n", 7)]
    [InlineData("millrace.epoch.interval = ${MILLRACE_TESTS_SET}", 7)]
    [InlineData("wanted = 3 s\nmillrace.epoch.interval = ${?wanted}", 3)]
    [InlineData("millrace.epoch { max-inflight = 2, interval = ${?millrace.epoch.interval} }", 1)]
    [InlineData("a = ${b}\nb.x = 3 s\nmillrace.epoch.interval = ${?a.x}", 3)]
    [InlineData("a.b = 3 s\na.c = ${a.b}\nmillrace.epoch.interval = ${a.c}", 3)]
    [InlineData("note = \"{ ${?MILLRACE_TESTS_UNSET} [\"\nmillrace.epoch.interval = 2 s # ${?MILLRACE_TESTS_UNSET} {", 2)]
    public void An_optional_substitution_that_is_not_set_leaves_its_key_unset(string hocon, int seconds)
    {
        Environment.SetEnvironmentVariable("MILLRACE_TESTS_SET", "7 s");

        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(hocon).EpochInterval);
    }

    [Fact]
    public void A_syntax_error_names_its_line()
    {
        var failure = Assert.Throws<ConfigurationException>(() => Read("millrace {\n  task.threads = 1\n  task { threads = 1 }, stop { }\n}"));

        Assert.Contains("line 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "none.conf");

        var failure = Assert.Throws<ConfigurationException>(() => new MillraceHostOptions().WithHoconFile(path));

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Later_text_wins_over_earlier_and_both_over_the_reference()
    {
        var options = new MillraceHostOptions().WithHocon("millrace.task { threads = 3, parallelism = 3 }").WithHocon("millrace.task.threads = 4");

        var read = ConfigurationLoader.Read(ConfigurationLoader.WithReference(options.Configuration));

        Assert.Equal((4, 3, 128), (read.TaskThreads, read.Parallelism, read.KeyGroups));
    }

    [Fact]
    public void Every_key_of_the_reference_is_read()
    {
        var keys = Keys(ConfigurationFactory.ParseString(ConfigurationLoader.Reference).GetValue("millrace"), "").ToArray();

        Assert.Equal(Changed.Keys.Order(), keys.Order());
        Assert.Equal(Sections.SelectMany(section => section.GetProperties()).Count(property => property.CanWrite && !Sections.Contains(property.PropertyType)), keys.Length);
        foreach (var (key, value) in Changed.Where(change => change.Key != "journal.kind"))
            Assert.NotEqual(Read(BesideOf(key)), Read($"{BesideOf(key)}\nmillrace.{key} = {value}"));
        Assert.Equal(JournalKind.PostgreSql, Read("millrace.journal { kind = postgresql, connection-string = \"Host=a\" }").Journal.Kind);
    }

    // What a value only goes together with.
    private static string BesideOf(string key) => key switch
    {
        "journal.connection-string" => "millrace.journal { kind = postgresql, connection-string = \"Host=a\" }",
        "cluster.tls.enabled" => "millrace.cluster.tls { certificate = node.p12, authority = authority.pem }",
        _ => "",
    };

    [Theory]
    [InlineData("name = \"a b\"", "millrace.cluster.name = a b: letters, digits and -, at most 64, expected.")]
    [InlineData("host = \"\"", "millrace.cluster.host: a host name or address expected, none found; leave the key out to have its default.")]
    [InlineData("host = 0.0.0.0", "millrace.cluster.public-host: the name by which other nodes reach this machine expected with host = 0.0.0.0, none found.")]
    [InlineData("seeds = \"10.0.0.1\"", "millrace.cluster.seeds: host:port, separated by commas, expected, 10.0.0.1 found.")]
    [InlineData("seeds = \"a:1, b:99999\"", "millrace.cluster.seeds: host:port, separated by commas, expected, b:99999 found.")]
    [InlineData("tls.enabled = yes", "millrace.cluster.tls.enabled = yes: off or on expected.")]
    [InlineData("tls { enabled = on, authority = a.pem }", "millrace.cluster.tls.certificate: the file of this node's certificate expected with tls.enabled = on, none found; hocon/tls.conf says how to make one.")]
    [InlineData("tls { enabled = on, certificate = n.p12 }", "millrace.cluster.tls.authority: the file of the authority's certificates expected with tls.enabled = on, none found; hocon/tls.conf says how to make them.")]
    public void Wrong_values_of_a_cluster_are_refused(string hocon, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read($"millrace.cluster {{ {hocon} }}")).Message);

    [Fact]
    public void A_password_is_in_no_text_of_the_options() =>
        Assert.DoesNotContain("sesame", Read("millrace.cluster.tls { enabled = on, certificate = n.p12, authority = a.pem, password = sesame }").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Every_key_of_the_reference_has_its_meaning_its_unit_and_its_default()
    {
        var comment = "";
        foreach (var line in ConfigurationLoader.Reference.Split('\n').Select(line => line.Trim()))
        {
            if (KeyLine().IsMatch(line))
            {
                Assert.True(comment.Contains("Unit: ", StringComparison.Ordinal), $"'{line}' has no comment with its unit.");
                comment = "";
            }
            else
            {
                comment = line.StartsWith('#') ? comment + line : "";
            }
        }
    }

    [GeneratedRegex(@"^[a-z-]+ = \S")]
    private static partial Regex KeyLine();

    private static RuntimeOptions Read(string hocon) =>
        ConfigurationLoader.Read(ConfigurationLoader.WithReference(ConfigurationLoader.Parse(hocon, "HOCON text")));

    private static IEnumerable<string> Keys(HoconValue section, string path) => section.GetObject().Items.SelectMany(item =>
        item.Value.IsObject() ? Keys(item.Value, $"{path}{item.Key}.") : [path + item.Key]);
}
