using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Data;

/// <summary>The hash function under every key: 64 bits, the same on every machine and in every version.</summary>
/// <remarks>
/// Built on the multiply-mix of wyhash (Wang Yi, https://github.com/wangyi-fudan/wyhash, public domain) and its successor
/// rapidhash (Nicolas De Carli): a 64 × 64 → 128 bit product whose halves are xored. Text of up to 16 bytes takes two
/// multiplications, longer text one more per 16 bytes. Not a defence against keys chosen to collide.
/// Values are fixed for ever by the golden vectors of the tests: key groups of durable state depend on them.
/// Text and bytes are read as little-endian words, which every supported machine uses.
/// </remarks>
public static class StableHash
{
    /// <summary>The hash of a null key.</summary>
    public const ulong Null = 0x9e3779b97f4a7c15;

    private const ulong Secret0 = 0x2d358dccaa6c78a5;
    private const ulong Secret1 = 0x8bb84b93962eacc9;
    private const ulong Secret2 = 0x4b33a62ed433d4a3;
    private const ulong Secret3 = 0x4d5a2da51de1aa47;

    /// <summary>The hash of a 64-bit number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfNumber(ulong value)
    {
        var high = Math.BigMul(value ^ Secret0, Secret1, out var low);
        return Mix(low ^ Secret2, high ^ Secret3);
    }

    /// <summary>The hash of a text, by its UTF-16 code units.</summary>
    public static ulong OfText(ReadOnlySpan<char> text) => OfBytes(MemoryMarshal.AsBytes(text));

    /// <summary>The hash of a block of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var length = bytes.Length;
        ulong first;
        ulong last;
        var state = Secret0;
        if (length > 16)
        {
            var rest = length;
            while (rest > 16)
            {
                state = Mix(Word(ref start, 0) ^ Secret2, Word(ref start, 8) ^ state);
                start = ref Unsafe.Add(ref start, 16);
                rest -= 16;
            }

            // Why: the last 16 bytes overlap those already read, so that no tail loop is needed.
            first = Word(ref start, rest - 16);
            last = Word(ref start, rest - 8);
        }
        else if (length >= 8)
        {
            first = Word(ref start, 0);
            last = Word(ref start, length - 8);
        }
        else if (length >= 4)
        {
            first = HalfWord(ref start, 0);
            last = HalfWord(ref start, length - 4);
        }
        else if (length > 0)
        {
            first = ((ulong)start << 16) | ((ulong)Unsafe.Add(ref start, length >> 1) << 8) | Unsafe.Add(ref start, length - 1);
            last = 0;
        }
        else
        {
            first = 0;
            last = 0;
        }

        var high = Math.BigMul(first ^ Secret1, last ^ state, out var low);
        return Mix(low ^ Secret3 ^ (ulong)length, high ^ Secret2);
    }

    /// <summary>Adds the hash of a member to the hash of what precedes it; the order counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong hash, ulong member) => Mix(hash ^ Secret2, member ^ Secret1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong x, ulong y)
    {
        var high = Math.BigMul(x, y, out var low);
        return high ^ low;
    }

    private static ulong Word(ref byte start, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    private static ulong HalfWord(ref byte start, int offset) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
}
