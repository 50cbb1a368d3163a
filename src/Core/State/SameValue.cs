using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.State;

/// <summary>Whether a value after an epoch is the value before it, so that no delta is needed.</summary>
/// <remarks>
/// Never says yes to values that a reader could tell apart: 1.0 and 1.00, −0 and +0, or two objects whose own Equals looks at an id only.
/// It may say no to equal ones; that costs a row.
/// </remarks>
internal static class SameValue<TValue>
{
    private static readonly bool TrustsEquals = Trusts(typeof(TValue), depth: 0);

    internal static bool Test(TValue x, TValue y)
    {
        if (!RuntimeHelpers.IsReferenceOrContainsReferences<TValue>())
        {
            return Bytes(ref x).SequenceEqual(Bytes(ref y));
        }

        if (TrustsEquals)
        {
            return EqualityComparer<TValue>.Default.Equals(x, y);
        }

        return !typeof(TValue).IsValueType && ReferenceEquals(x, y);
    }

    private static ReadOnlySpan<byte> Bytes(ref TValue value) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TValue, byte>(ref value), Unsafe.SizeOf<TValue>());

    private static bool Trusts(Type type, int depth)
    {
        if (type.IsPrimitive)
        {
            return type != typeof(double) && type != typeof(float);
        }

        if (type == typeof(string) || type == typeof(Guid) || type == typeof(TimeSpan) || type == typeof(DateOnly) || type == typeof(TimeOnly) ||
            type == typeof(Data.TextSlice) || type.IsEnum)
        {
            return true;
        }

        return depth < 8 && ComparesItsFields(type) && (type.IsValueType || type.IsSealed) &&
            Array.TrueForAll(
                type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
                field => Trusts(field.FieldType, depth + 1));
    }

    private static bool ComparesItsFields(Type type)
    {
        if (type.IsGenericType && type.IsValueType && (type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) || Nullable.GetUnderlyingType(type) is not null))
        {
            return true;
        }

        return (type.BaseType == typeof(object) || type.IsValueType) &&
            type.GetMethod(nameof(Equals), [type])?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) is true;
    }
}
