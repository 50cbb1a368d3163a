using System.Runtime.InteropServices;

namespace Millrace.State;

/// <summary>An entry before and after an epoch; the two may be the same.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ValueChange<TKey, TValue>(TKey Key, ulong Hash, bool Existed, TValue Before, bool Exists, TValue After);
