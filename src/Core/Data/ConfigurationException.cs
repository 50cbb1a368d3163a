namespace Millrace.Data;

/// <summary>A configuration key or value is wrong: fix the configuration. The message names the key and what it may hold.</summary>
public sealed class ConfigurationException : MillraceException
{
    public ConfigurationException()
    {
    }

    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
