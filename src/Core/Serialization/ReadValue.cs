namespace Millrace.Serialization;

/// <summary>Reads one value.</summary>
internal delegate T ReadValue<out T>(ref CodecReader reader);
