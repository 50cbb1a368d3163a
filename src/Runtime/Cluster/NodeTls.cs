using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;
using Millrace.Data;
using Millrace.Runtime.Configuration;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Cluster;

/// <summary>TLS of a node's connections, control and data alike: both ends show a certificate, and whoever has one that the authority has signed and that is valid is a node. Thread-safe.</summary>
/// <remarks>Names and addresses in certificates are not looked at, nor lists of those that were called back: a node that is not to be one any more needs another authority.</remarks>
internal sealed class NodeTls : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const int NameLengthMax = 100;

    private readonly TlsOptions _options;
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authority;
    private readonly SslStreamCertificateContext _shown;

    /// <exception cref="ConfigurationException">A file can't be read, or what it holds is not good for a node.</exception>
    public NodeTls(TlsOptions options)
    {
        _options = options;
        _authority = TlsFiles.ReadAuthority(options);
        _certificate = TlsFiles.ReadCertificate(options);
        if (RefusalOf(_certificate, null) is { } refusal)
        {
            Dispose();
            throw new ConfigurationException($"millrace.cluster.tls.certificate = {options.Certificate}: {Lower(refusal)}");
        }

        _shown = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>A file with the private key that others of this machine may read; null where there is none.</summary>
    public string? OpenKeyFile => TlsFiles.OpenKeyFile(_options);

    /// <summary>What Akka.Remote needs for the control connections.</summary>
    /// <param name="refused">Told of each end that was not taken, and why.</param>
    public DotNettySslSetup Setup(Action<string, string> refused) => new(
        _certificate,
        suppressValidation: false,
        requireMutualAuthentication: true,
        (certificate, chain, peer, _, _) =>
        {
            var refusal = RefusalOf(certificate, chain);
            if (refusal is not null)
                refused(peer, refusal);
            return refusal is null;
        });

    /// <summary>TLS over a connection that was taken.</summary>
    /// <exception cref="AuthenticationException">The other end is no node: one line that says why.</exception>
    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellation)
    {
        string? refusal = null;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _shown,
            ClientCertificateRequired = true,
            EnabledSslProtocols = Protocols,
            CertificateChainPolicy = Policy(),
            RemoteCertificateValidationCallback = (_, peer, chain, _) => (refusal = RefusalOf(peer, chain)) is null,
        };
        await SecureAsync(secure, secure.AuthenticateAsServerAsync(options, cancellation), () => refusal).ConfigureAwait(false);
        return secure;
    }

    /// <summary>TLS over a connection that was made.</summary>
    /// <exception cref="AuthenticationException">The other end is no node, or does not take this one: one line that says why.</exception>
    public async Task<Stream> ConnectAsync(Stream stream, string host, CancellationToken cancellation)
    {
        string? refusal = null;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = _shown,
            EnabledSslProtocols = Protocols,
            CertificateChainPolicy = Policy(),
            RemoteCertificateValidationCallback = (_, peer, chain, _) => (refusal = RefusalOf(peer, chain)) is null,
        };
        await SecureAsync(secure, secure.AuthenticateAsClientAsync(options, cancellation), () => refusal).ConfigureAwait(false);
        return secure;
    }

    /// <summary>Why a certificate is not taken, for a person; null where it is.</summary>
    /// <param name="peer">The certificate.</param>
    /// <param name="shown">What came along with it.</param>
    public string? RefusalOf(X509Certificate? peer, X509Chain? shown)
    {
        if (peer is null)
            return "A certificate of a node expected, none found; give that node the same authority and a certificate of its own (millrace.cluster.tls).";
        using var certificate = X509CertificateLoader.LoadCertificate(peer.GetRawCertData());
        using var chain = new X509Chain { ChainPolicy = Policy() };
        if (shown is not null)
            chain.ChainPolicy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        return chain.Build(certificate) ? null : ReasonOf(certificate, chain);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        foreach (var authority in _authority)
            authority.Dispose();
    }

#pragma warning disable CA5398 // What is older than these is not to be spoken, whatever the system allows.
    private static SslProtocols Protocols => SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    private static async Task SecureAsync(SslStream secure, Task handshake, Func<string?> refusal)
    {
        try
        {
            await handshake.ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            if (cause is not (AuthenticationException or IOException { InnerException: not System.Net.Sockets.SocketException }))
                throw;
            throw new AuthenticationException(
                refusal() ?? $"A handshake of TLS with a node expected, found {UserText.Of(cause.InnerException ?? cause).TrimEnd('.')}; see that millrace.cluster.tls is on at the other end too, with the same authority.", cause);
        }
    }

    /// <summary>A chain for which nothing is fetched: a stranger's certificate may name any address.</summary>
    public static X509ChainPolicy NothingFetched() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private X509ChainPolicy Policy()
    {
        var policy = NothingFetched();
        policy.CustomTrustStore.AddRange(_authority);
        policy.ApplicationPolicy.Add(new Oid(ServerUse));
        policy.ApplicationPolicy.Add(new Oid(ClientUse));
        return policy;
    }

    private string ReasonOf(X509Certificate2 certificate, X509Chain chain)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        var name = $"'{UserText.OfValue(certificate.Subject, NameLengthMax)}'";
        if ((flags & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid)) != X509ChainStatusFlags.NoError)
            return $"A certificate of the authority {_options.Authority} expected, {name} of '{UserText.OfValue(certificate.Issuer, NameLengthMax)}' found; give that node one that this authority has signed.";
        if ((flags & X509ChainStatusFlags.NotTimeValid) != X509ChainStatusFlags.NoError)
        {
            var late = chain.ChainElements.First(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid)).Certificate;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"A certificate that is valid now expected, '{UserText.OfValue(late.Subject, NameLengthMax)}' of {late.NotBefore.ToUniversalTime():u} to {late.NotAfter.ToUniversalTime():u} found; renew it, or set the clock.");
        }

        return (flags & X509ChainStatusFlags.NotValidForUsage) != X509ChainStatusFlags.NoError
            ? $"A certificate for both ends of a connection (serverAuth, clientAuth) expected, {name} found; make one as hocon/tls.conf says."
            : $"A certificate of a node expected, {name} found ({flags}); make one as hocon/tls.conf says.";
    }

    /// <summary>A sentence as the end of another one.</summary>
    public static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
