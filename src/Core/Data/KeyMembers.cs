using System.Linq.Expressions;
using System.Reflection;

namespace Millrace.Data;

/// <summary>Hash and equality over the members of a record or struct, compiled once.</summary>
/// <remarks>
/// The members are public fields and properties that hold state, ordered by name, so that reordering a declaration moves no key.
/// Equality is by the same members, so that a key read back from disk finds its state whatever the type's own Equals says of arrays.
/// </remarks>
internal static class KeyMembers<TKey>
{
    private const ulong Seed = 0xa0761d6478bd642f;

    private static readonly bool IsOpen = !typeof(TKey).IsValueType && !typeof(TKey).IsSealed;
    private static readonly Func<TKey, ulong> HashMembers = CompileHash();
    private static readonly Func<TKey, TKey, bool> EqualMembers = CompileEquality();

    internal static ulong Hash(TKey key)
    {
        if (key is null)
        {
            return StableHash.Null;
        }

        if (IsOpen && key.GetType() != typeof(TKey))
        {
            throw new GraphException(
                $"A key of type {typeof(TKey)} expected, its subtype {key.GetType()} found: a hash of {typeof(TKey)} can't see its members; " +
                "use one sealed record as key, or implement IStableKey.");
        }

        try
        {
            return HashMembers(key);
        }
        catch (Exception cause) when (cause is not (MillraceException or KeyFailedException))
        {
            throw new KeyFailedException(typeof(TKey), cause);
        }
    }

    internal static bool AreEqual(TKey x, TKey y) => x is null || y is null ? x is null && y is null : EqualMembers(x, y);

    private static Func<TKey, ulong> CompileHash()
    {
        var key = Expression.Parameter(typeof(TKey), "key");
        Expression hash = Expression.Constant(Seed);
        foreach (var member in KeyTypeResolver.MembersOf(typeof(TKey)))
        {
            var of = Helper(nameof(HashOf), member);
            var combine = typeof(StableHash).GetMethod(nameof(StableHash.Combine))!;
            hash = Expression.Call(combine, hash, Expression.Call(of, Expression.MakeMemberAccess(key, member)));
        }

        return Expression.Lambda<Func<TKey, ulong>>(hash, key).Compile();
    }

    private static Func<TKey, TKey, bool> CompileEquality()
    {
        var x = Expression.Parameter(typeof(TKey), "x");
        var y = Expression.Parameter(typeof(TKey), "y");
        Expression equal = Expression.Constant(true);
        foreach (var member in KeyTypeResolver.MembersOf(typeof(TKey)))
        {
            var of = Helper(nameof(AreEqualBy), member);
            equal = Expression.AndAlso(equal, Expression.Call(of, Expression.MakeMemberAccess(x, member), Expression.MakeMemberAccess(y, member)));
        }

        return Expression.Lambda<Func<TKey, TKey, bool>>(equal, x, y).Compile();
    }

    private static MethodInfo Helper(string name, MemberInfo member)
    {
        var type = KeyTypeResolver.TypeOf(member);
        return typeof(KeyMembers<TKey>).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type, KeyTypeResolver.HashOf(type));
    }

    private static ulong HashOf<T, THash>(T value)
        where THash : struct, IKeyHash<T> => default(THash).Hash(value);

    private static bool AreEqualBy<T, THash>(T x, T y)
        where THash : struct, IKeyHash<T> => default(THash).AreEqual(x, y);
}
