using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Millrace.Runtime.Cluster;

/// <summary>Finds out, while a node waits to be let in, whether a seed will never do so: by a handshake of TLS with its control port, since Akka.Remote tells nobody why it closed a connection.</summary>
/// <param name="seeds">As <c>host:port</c>.</param>
/// <param name="tls">What this node shows; null without TLS.</param>
internal sealed class SeedProbe(IEnumerable<string> seeds, NodeTls? tls)
{
    // Why twice: a seed that is just stopping closes connections too.
    private const int TimesMin = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Why so late: a seed without TLS warns of what it does not understand, and most often it is one that is only slow.
    private static readonly TimeSpan FirstPausePlain = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(1);

    private readonly string[] _seeds = [.. seeds];

    /// <summary>Tries until a seed refuses, for a person: why, and what to do; null at the end of the time.</summary>
    public async Task<string?> FirstRefusalAsync(CancellationToken cancellation)
    {
        var times = new Dictionary<(string Seed, string Refusal), int>();
        try
        {
            // Why first: most often the node is in before.
            await Task.Delay(tls is null ? FirstPausePlain : Pause, cancellation).ConfigureAwait(false);
            while (true)
            {
                foreach (var seed in _seeds)
                {
                    if (await RefusalOfAsync(seed, cancellation).ConfigureAwait(false) is not { } refusal)
                        continue;
                    var count = times[(seed, refusal)] = times.GetValueOrDefault((seed, refusal)) + 1;
                    if (count >= TimesMin)
                        return $"seed {seed}: {refusal}";
                }

                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<string?> RefusalOfAsync(string seed, CancellationToken cancellation)
    {
        var colon = seed.LastIndexOf(':');
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerMax);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(seed[..colon], int.Parse(seed.AsSpan(colon + 1), CultureInfo.InvariantCulture), patience.Token).ConfigureAwait(false);
            return tls is null
                ? await SpeaksTlsAsync(socket.GetStream(), patience.Token).ConfigureAwait(false) ? "a node without TLS expected, one with TLS found; set millrace.cluster.tls here too (hocon/tls.conf)." : null
                : await RefusalOfAsync(tls, socket.GetStream(), seed[..colon], patience.Token).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<string?> RefusalOfAsync(NodeTls tls, Stream stream, string host, CancellationToken cancellation)
    {
        try
        {
            var secure = await tls.ConnectAsync(stream, host, cancellation).ConfigureAwait(false);
            await using (secure.ConfigureAwait(false))
            {
                // Who takes this node's certificate says nothing; who does not has something to say, or hangs up.
                try
                {
                    await secure.ReadExactlyAsync(new byte[1], cancellation).ConfigureAwait(false);
                    return null;
                }
                catch (IOException)
                {
                    return "a node that takes this one's certificate expected, one that closes the connection found; its log says why: give this node a certificate of the same authority (millrace.cluster.tls).";
                }
            }
        }
        catch (AuthenticationException cause)
        {
            return NodeTls.Lower(cause.Message);
        }
    }

    /// <summary>Whether the other end answers the beginning of a handshake; nothing is believed of what it says.</summary>
    private static async Task<bool> SpeaksTlsAsync(Stream stream, CancellationToken cancellation)
    {
        var isAnswered = false;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        await using (secure.ConfigureAwait(false))
        {
            try
            {
                await secure.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "",
                        CertificateChainPolicy = NodeTls.NothingFetched(),
                        RemoteCertificateValidationCallback = (_, _, _, _) => !(isAnswered = true),
                    },
                    cancellation).ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is AuthenticationException or IOException)
            {
            }
        }

        return isAnswered;
    }
}
