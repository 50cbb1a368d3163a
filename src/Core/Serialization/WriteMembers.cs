namespace Millrace.Serialization;

/// <summary>Writes the members of a value, one after another.</summary>
internal delegate void WriteMembers<T>(CodecWriter writer, ref T value);
