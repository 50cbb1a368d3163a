namespace Millrace.Runtime.Configuration;

/// <summary>The <c>millrace.cluster.tls</c> section: how nodes prove to each other that they are nodes.</summary>
public sealed record TlsOptions
{
    public required bool IsEnabled { get; init; }

    /// <value>A file. Empty without TLS.</value>
    public required string Certificate { get; init; }

    /// <value>A file. Empty where the certificate's file holds the key too.</value>
    public required string Key { get; init; }

    /// <value>A secret: never shown. Empty where none is needed.</value>
    public required string Password { get; init; }

    /// <value>A file. Empty without TLS.</value>
    public required string Authority { get; init; }

    /// <summary>Everything but the password.</summary>
    public override string ToString() => IsEnabled ? $"{Certificate} of {Authority}" : "off";
}
