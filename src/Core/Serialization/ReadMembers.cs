namespace Millrace.Serialization;

/// <summary>Reads the members of a value into it, in the order in which they were written.</summary>
internal delegate void ReadMembers<T>(ref CodecReader reader, ref T value);
