using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Tests.Support;

/// <summary>An authority of a test, and what it signs: files in a directory that the test removes.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly string _folder;
    private readonly X509Certificate2 _root;
    private int _number;

    public TestAuthority(string folder, string name)
    {
        (_folder, Name) = (folder, name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _root = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(1));
        File = Path.Combine(folder, $"{name}.pem");
        System.IO.File.WriteAllText(File, _root.ExportCertificatePem());
    }

    public string Name { get; }

    /// <summary>Its certificate in PEM.</summary>
    public string File { get; }

    /// <summary>A certificate of a node, with its key.</summary>
    public X509Certificate2 Certificate(string name, int firstDay = -1, int lastDay = 1, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var oids = new OidCollection();
        foreach (var use in uses.Length == 0 ? [ServerUse, ClientUse] : uses)
            oids.Add(new Oid(use));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        var serial = BitConverter.GetBytes(++_number);
        using var signed = request.Create(_root, Now.AddDays(firstDay), Now.AddDays(lastDay), serial);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>The settings of a node that has a certificate of this authority, in PKCS#12.</summary>
    /// <param name="name">The node's.</param>
    /// <param name="firstDay">When the certificate begins, from now.</param>
    /// <param name="lastDay">When it ends, from now.</param>
    /// <param name="believed">Whom the node believes.</param>
    /// <param name="uses">What it is good for.</param>
    public TlsOptions Node(string name, int firstDay = -1, int lastDay = 1, TestAuthority? believed = null, params string[] uses)
    {
        using var certificate = Certificate(name, firstDay, lastDay, uses);
        var file = Write($"{name}.p12", certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Default, Password));
        return new() { IsEnabled = true, Certificate = file, Key = "", Password = Password, Authority = (believed ?? this).File };
    }

    public const string Password = "open sesame";

    public string Write(string name, byte[] bytes)
    {
        var file = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(file, bytes);
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>As HOCON within <c>millrace.cluster</c>.</summary>
    public static string Hocon(TlsOptions tls) => string.Create(
        CultureInfo.InvariantCulture,
        $"tls {{ enabled = on, certificate = \"{tls.Certificate}\", key = \"{tls.Key}\", password = \"{tls.Password}\", authority = \"{tls.Authority}\" }}");

    public void Dispose() => _root.Dispose();
}
