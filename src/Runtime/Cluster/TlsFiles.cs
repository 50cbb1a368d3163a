using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Millrace.Data;
using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Cluster;

/// <summary>Reads the files that <c>millrace.cluster.tls</c> names; every complaint names the key, the file, and what to do.</summary>
internal static class TlsFiles
{
    private const string Section = "millrace.cluster.tls.";
    private const string PemBegin = "-----BEGIN ";
    private const string EncryptedKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

    /// <summary>The node's certificate with its private key.</summary>
    /// <exception cref="ConfigurationException">A file can't be read, or holds something else.</exception>
    public static X509Certificate2 ReadCertificate(TlsOptions options)
    {
        var bytes = Bytes("certificate", options.Certificate);
        var certificate = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(PemBegin)) >= 0 ? FromPem(bytes, options) : FromPkcs12(bytes, options);
        if (certificate.HasPrivateKey)
            return certificate;
        certificate.Dispose();
        throw Wrong("certificate", options.Certificate, "a certificate with its private key", "one without", "export it with the key, or give PEM and key");
    }

    /// <summary>The certificates of the authority.</summary>
    /// <exception cref="ConfigurationException">The file can't be read, or holds none.</exception>
    public static X509Certificate2Collection ReadAuthority(TlsOptions options)
    {
        var pem = Encoding.UTF8.GetString(Bytes("authority", options.Authority));
        var authority = new X509Certificate2Collection();
        try
        {
            authority.ImportFromPem(pem);
        }
        catch (CryptographicException cause)
        {
            throw Wrong("authority", options.Authority, "certificates in PEM", UserText.Of(cause), "correct the file", cause);
        }

        return authority.Count > 0
            ? authority
            : throw Wrong("authority", options.Authority, "certificates in PEM", "none", "correct the file");
    }

    /// <summary>The file that holds the private key, where anybody of this machine may read it; null where not.</summary>
    public static string? OpenKeyFile(TlsOptions options)
    {
        var file = options.Key.Length > 0 ? options.Key : options.Certificate;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None ? file : null;
    }

    private static X509Certificate2 FromPkcs12(byte[] bytes, TlsOptions options)
    {
        if (options.Key.Length > 0)
            throw Wrong("key", options.Key, "no key with a certificate in PKCS#12", "one", "leave it out, or give a certificate in PEM");
        try
        {
            return X509CertificateLoader.LoadPkcs12(bytes, options.Password);
        }
        catch (CryptographicException cause)
        {
            // Why told apart by a look without it: a wrong password is no reason to make the file anew.
            throw IsPkcs12(bytes)
                ? new ConfigurationException($"{Section}password: the one that opens {options.Certificate} expected, {(options.Password.Length == 0 ? "none" : "another one")} found; correct it.", cause)
                : Wrong("certificate", options.Certificate, "a certificate in PKCS#12 or PEM", "other bytes", "correct the file", cause);
        }
    }

    private static bool IsPkcs12(byte[] bytes)
    {
        try
        {
            return X509Certificate2.GetCertContentType(bytes) == X509ContentType.Pkcs12;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static X509Certificate2 FromPem(byte[] bytes, TlsOptions options)
    {
        var certificate = Encoding.UTF8.GetString(bytes);
        var key = options.Key.Length > 0 ? Encoding.UTF8.GetString(Bytes("key", options.Key)) : certificate;
        var keyFile = options.Key.Length > 0 ? options.Key : options.Certificate;
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Wrong("key", keyFile, "the private key of the certificate in PEM", "none", "name its file");
        var isEncrypted = key.Contains(EncryptedKey, StringComparison.Ordinal);
        if (isEncrypted && options.Password.Length == 0)
            throw new ConfigurationException($"{Section}password: the one that opens {keyFile} expected, none found; give it, or a key that is not encrypted.");
        CheckCertificate(certificate, options);
        try
        {
            using var pair = isEncrypted ? X509Certificate2.CreateFromEncryptedPem(certificate, key, options.Password) : X509Certificate2.CreateFromPem(certificate, key);

            // Why written and read: TLS of Windows takes no key that is in memory only.
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw Wrong("key", keyFile, "the private key of the certificate in PEM", isEncrypted ? "another one, or one that the password does not open" : "another one", "name the one that the certificate was made with", cause);
        }
    }

    // Why before the pair: what is wrong with it would be told of the key.
    private static void CheckCertificate(string pem, TlsOptions options)
    {
        try
        {
            X509Certificate2.CreateFromPem(pem).Dispose();
        }
        catch (CryptographicException cause)
        {
            throw Wrong("certificate", options.Certificate, "a certificate in PEM", UserText.Of(cause), "correct the file", cause);
        }
    }

    private static byte[] Bytes(string key, string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong(key, file, "a file that can be read", UserText.Of(cause), "correct the path, or give the process the right to read it", cause);
        }
    }

    private static ConfigurationException Wrong(string key, string file, string expected, string found, string todo, Exception? cause = null)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"{Section}{key} = {UserText.OfValue(file)}: {expected} expected, {found.TrimEnd('.')} found; {todo}.");
        return cause is null ? new(message) : new(message, cause);
    }
}
