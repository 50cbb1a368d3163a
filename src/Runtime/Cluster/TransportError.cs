using System.Text.RegularExpressions;
using Akka.Event;
using Millrace.Data;

namespace Millrace.Runtime.Cluster;

/// <summary>What Akka.Remote's transport logs of a connection, as one line for a person: it writes many, with what a stranger has sent.</summary>
/// <param name="From">The other end.</param>
/// <param name="Reason">What is wrong, and what to do.</param>
/// <param name="IsVague">Whether something else may have been found out about that end that says more.</param>
internal sealed partial record TransportError(string From, string Reason, bool IsVague)
{
    /// <summary>Null where it is none.</summary>
    public static TransportError? Read(Error error)
    {
        if (error.LogClass?.Name is not ("TcpServerHandler" or "TcpClientHandler"))
            return null;
        var text = UserText.OfValue(error.Message);
        var from = Channel().Match(text) is { Success: true } channel ? channel.Groups["from"].Value : "an unknown address";
        return error.Cause?.GetType().Name switch
        {
            "NotSslRecordException" => new(from, "A handshake of TLS expected, other bytes found; set millrace.cluster.tls on that node too, if it is one.", false),
            "TooLongFrameException" or "CorruptedFrameException" =>
                new(from, "A message of a node expected, other bytes found; if it is one, see that both have TLS (millrace.cluster.tls) or both have not.", false),
            _ when text.Contains("TLS handshake failed", StringComparison.Ordinal) =>
                new(from, "A handshake of TLS with a node expected, one that broke off found; if it is one, give it the same authority and a certificate of its own (millrace.cluster.tls).", true),
            null => new(from, text, true),
            _ => new(from, UserText.Of(error.Cause!), true),
        };
    }

    [GeneratedRegex(@"(?:->| :> )(?<from>\S+?)\]\(Id=", RegexOptions.ExplicitCapture)]
    private static partial Regex Channel();
}
