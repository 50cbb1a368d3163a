using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Data;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Certificates of nodes: what is taken, what is refused, and what is said of it.</summary>
public sealed class NodeTlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly TestAuthority _authority;
    private readonly TestAuthority _other;

    public NodeTlsTests() => (_authority, _other) = (new(_folder.FullName, "ours"), new(_folder.FullName, "theirs"));

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Two_nodes_of_an_authority_speak()
    {
        using var here = new NodeTls(_authority.Node("here"));
        using var there = new NodeTls(InPem("there", password: null));

        var (ours, theirs) = await ShakeAsync(here.AcceptAsync, stream => there.ConnectAsync(stream, "127.0.0.1", default));

        Assert.Equal("", ours + theirs);
    }

    [Fact]
    public void A_key_in_pem_may_be_encrypted_or_stand_with_the_certificate()
    {
        using var encrypted = new NodeTls(InPem("a", TestAuthority.Password));
        var apart = InPem("b", password: null);
        var both = _authority.Write("both.pem", File.ReadAllText(apart.Certificate) + "\n" + File.ReadAllText(apart.Key));

        using var together = new NodeTls(apart with { Certificate = both, Key = "" });

        Assert.Null(together.OpenKeyFile);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_either_end()
    {
        using var node = new NodeTls(_authority.Node("node"));
        using var both = Both();

        var (asServer, _) = await ShakeAsync(node.AcceptAsync, stream => both.ConnectAsync(stream, "127.0.0.1", default));
        var (_, asClient) = await ShakeAsync(both.AcceptAsync, stream => node.ConnectAsync(stream, "127.0.0.1", default));

        var expected = $"A certificate of the authority {_authority.File} expected, 'CN=both' of 'CN=theirs' found; give that node one that this authority has signed.";
        Assert.Equal(expected, asServer);
        Assert.Equal(expected, asClient);
    }

    [Fact]
    public void A_certificate_that_has_ended_or_not_begun_or_is_for_one_end_only_is_refused()
    {
        using var node = new NodeTls(_authority.Node("node"));
        using var ended = _authority.Certificate("ended", firstDay: -9, lastDay: -2);
        using var early = _authority.Certificate("early", firstDay: 2, lastDay: 9);
        using var server = _authority.Certificate("server", uses: TestAuthority.ServerUse);
        using var good = _authority.Certificate("good");

        Assert.Null(node.RefusalOf(good, null));
        Assert.StartsWith("A certificate that is valid now expected, 'CN=ended' of ", node.RefusalOf(ended, null), StringComparison.Ordinal);
        Assert.EndsWith("found; renew it, or set the clock.", node.RefusalOf(early, null), StringComparison.Ordinal);
        Assert.Equal("A certificate for both ends of a connection (serverAuth, clientAuth) expected, 'CN=server' found; make one as hocon/tls.conf says.", node.RefusalOf(server, null));
        Assert.Equal("A certificate of a node expected, none found; give that node the same authority and a certificate of its own (millrace.cluster.tls).", node.RefusalOf(null, null));
    }

    [Fact]
    public void A_certificate_that_names_the_authority_and_is_not_signed_by_it_is_refused()
    {
        using var node = new NodeTls(_authority.Node("node"));
        using var namesake = new TestAuthority(Directory.CreateDirectory(Path.Combine(_folder.FullName, "false")).FullName, "ours");
        using var forged = namesake.Certificate("forged");

        Assert.Contains("give that node one that this authority has signed", node.RefusalOf(forged, null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_without_a_certificate_and_one_without_tls_are_refused()
    {
        using var node = new NodeTls(_authority.Node("node"));

        var (bare, _) = await ShakeAsync(node.AcceptAsync, async stream =>
        {
            var secure = new System.Net.Security.SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
            await secure.AuthenticateAsClientAsync("node");
            return secure;
        });
        var (plain, _) = await ShakeAsync(node.AcceptAsync, async stream =>
        {
            await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            return stream;
        });

        Assert.StartsWith("A certificate of a node expected, none found", bare, StringComparison.Ordinal);
        Assert.StartsWith("A handshake of TLS with a node expected, found ", plain, StringComparison.Ordinal);
        Assert.EndsWith("see that millrace.cluster.tls is on at the other end too, with the same authority.", plain, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', plain);
    }

    [Fact]
    public async Task What_is_older_than_tls_1_2_is_not_spoken()
    {
        using var node = new NodeTls(_authority.Node("node"));

        var (refusal, _) = await ShakeAsync(node.AcceptAsync, async stream =>
        {
            // A greeting of TLS 1.1 that offers what it has.
            await stream.WriteAsync(Convert.FromHexString("160302002d010000290302" + new string('a', 64) + "000002002f01000000"));
            return stream;
        });

        Assert.StartsWith("A handshake of TLS with a node expected, found ", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_good_are_refused_in_one_line_that_names_their_key()
    {
        var good = _authority.Node("node");
        var pem = InPem("pem", password: null);
        var text = _authority.Write("text.txt", "no certificate");
        var none = Path.Combine(_folder.FullName, "none");
        using var bare = _authority.Certificate("bare");
        var withoutKey = _authority.Write("bare.p12", X509CertificateLoader.LoadCertificate(bare.RawData).ExportPkcs12(Pkcs12ExportPbeParameters.Default, TestAuthority.Password));

        foreach (var (options, expected) in new (TlsOptions, string)[]
        {
            (good with { Certificate = none }, $"millrace.cluster.tls.certificate = {none}: a file that can be read expected, FileNotFoundException: "),
            (good with { Authority = none }, $"millrace.cluster.tls.authority = {none}: a file that can be read expected, FileNotFoundException: "),
            (good with { Authority = _folder.FullName }, $"millrace.cluster.tls.authority = {_folder.FullName}: a file that can be read expected, UnauthorizedAccessException: "),
            (good with { Password = "wrong" }, $"millrace.cluster.tls.password: the one that opens {good.Certificate} expected, another one found; correct it."),
            (good with { Password = "" }, $"millrace.cluster.tls.password: the one that opens {good.Certificate} expected, none found; correct it."),
            (good with { Certificate = text }, $"millrace.cluster.tls.certificate = {text}: a certificate in PKCS#12 or PEM expected, other bytes found; correct the file."),
            (good with { Certificate = withoutKey }, $"millrace.cluster.tls.certificate = {withoutKey}: a certificate with its private key expected, one without found; export it with the key, or give PEM and key."),
            (good with { Authority = text }, $"millrace.cluster.tls.authority = {text}: certificates in PEM expected, none found; correct the file."),
            (good with { Key = pem.Key }, $"millrace.cluster.tls.key = {pem.Key}: no key with a certificate in PKCS#12 expected, one found; leave it out, or give a certificate in PEM."),
            (pem with { Key = "" }, $"millrace.cluster.tls.key = {pem.Certificate}: the private key of the certificate in PEM expected, none found; name its file."),
            (pem with { Key = none }, $"millrace.cluster.tls.key = {none}: a file that can be read expected, FileNotFoundException: "),
            (pem with { Key = InPem("another", password: null).Key }, "another one found; name the one that the certificate was made with."),
            (InPem("locked", TestAuthority.Password) with { Password = "" }, "expected, none found; give it, or a key that is not encrypted."),
            (InPem("closed", TestAuthority.Password) with { Password = "wrong" }, "another one, or one that the password does not open found; name the one that the certificate was made with."),
            (good with { Authority = _other.File }, $"millrace.cluster.tls.certificate = {good.Certificate}: a certificate of the authority {_other.File} expected, 'CN=node' of 'CN=ours' found;"),
            (_authority.Node("ended", -9, -2), ".p12: a certificate that is valid now expected, 'CN=ended' of "),
        })
        {
            var failure = Assert.Throws<ConfigurationException>(() => new NodeTls(options));
            Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
            Assert.StartsWith("millrace.cluster.tls.", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
            Assert.DoesNotContain(TestAuthority.Password, failure.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void A_key_that_others_may_read_is_told_of()
    {
        Skip.If(OperatingSystem.IsWindows());
        var options = InPem("node", password: null);
        using var node = new NodeTls(options);
        Assert.Null(node.OpenKeyFile);

#pragma warning disable CA1416 // Left out on Windows.
        File.SetUnixFileMode(options.Key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
#pragma warning restore CA1416

        Assert.Equal(options.Key, node.OpenKeyFile);
    }

    [SkippableFact]
    public async Task The_commands_of_the_commented_file_make_what_it_names()
    {
        Skip.If(OperatingSystem.IsWindows());
        var lines = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "hocon", "tls.conf"));
        var commands = lines.Where(line => line.StartsWith("#      ", StringComparison.Ordinal)).Select(line => line[1..].Trim());
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-e", "-c", string.Join('\n', commands)])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["MILLRACE_TLS_PASSWORD"] = TestAuthority.Password },
        })!;
        var said = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Skip.If(said.Contains("openssl: not found", StringComparison.Ordinal), "This machine has no openssl.");

        Assert.True(shell.ExitCode == 0, said);
        var options = ConfigurationLoader.Read(ConfigurationLoader.WithReference(ConfigurationLoader.Parse(string.Join('\n', lines), "tls.conf"))).Cluster.Tls;
        var inPem = options with { Certificate = At(options.Certificate), Key = At(options.Key), Authority = At(options.Authority) };
        using var node = new NodeTls(inPem);
        using var other = new NodeTls(inPem with { Certificate = At("node-1.p12"), Key = "", Password = TestAuthority.Password });
        Assert.Null(node.OpenKeyFile);

        string At(string file) => Path.Combine(_folder.FullName, file);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>A node that takes whatever of the two authorities, with the other one's certificate.</summary>
    private NodeTls Both()
    {
        var both = _authority.Write("both.authority.pem", File.ReadAllText(_authority.File) + "\n" + File.ReadAllText(_other.File));
        return new(_other.Node("both") with { Authority = both });
    }

    private TlsOptions InPem(string name, string? password)
    {
        using var certificate = _authority.Certificate(name);
        using var key = certificate.GetECDsaPrivateKey()!;
        return new()
        {
            IsEnabled = true,
            Certificate = _authority.Write($"{name}.pem", certificate.ExportCertificatePem()),
            Key = _authority.Write($"{name}.key", password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
            Password = password ?? "",
            Authority = _authority.File,
        };
    }

    /// <summary>A handshake, and what each end says of the other; nothing where it takes it.</summary>
    private static async Task<(string Server, string Client)> ShakeAsync(Func<Stream, CancellationToken, Task<Stream>> accept, Func<Stream, Task<Stream>> connect)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        var taken = RefusalOf(accept(server.GetStream(), default));
        var made = RefusalOf(connect(client.GetStream()));
        return (await taken.WaitAsync(TestHost.Patience), await made.WaitAsync(TestHost.Patience));
    }

    private static async Task<string> RefusalOf(Task<Stream> handshake)
    {
        try
        {
            await handshake;
            return "";
        }
        catch (AuthenticationException refused)
        {
            return refused.Message;
        }
        catch (IOException)
        {
            return "broken";
        }
    }
}
