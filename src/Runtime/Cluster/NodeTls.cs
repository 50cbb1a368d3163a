using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Millrace.Runtime.Cluster;

/// <summary>TLS of the data connections, both ends by certificate: a node is one that has a certificate of the same authority.</summary>
/// <param name="certificate">This node's, with its private key.</param>
/// <param name="authority">Whoever signed those of all nodes.</param>
internal sealed class NodeTls(X509Certificate2 certificate, X509Certificate2 authority)
{
    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, peer, _, _) => IsOfAuthority(peer),
            },
            cancellation).ConfigureAwait(false);
        return secure;
    }

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "millrace",
                ClientCertificates = [certificate],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, peer, _, _) => IsOfAuthority(peer),
            },
            cancellation).ConfigureAwait(false);
        return secure;
    }

    private bool IsOfAuthority(X509Certificate? peer)
    {
        if (peer is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var other = X509CertificateLoader.LoadCertificate(peer.GetRawCertData());
        return chain.Build(other);
    }
}
