using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>How objects of one type are copied: of the type that they are, not of the one that they are declared as.</summary>
internal sealed class CopyPlan
{
    private static readonly ConcurrentDictionary<Type, CopyPlan> Plans = new();
    private static readonly Type[] Shared = [typeof(MemberInfo), typeof(Assembly), typeof(Module), typeof(CultureInfo), typeof(Encoding), typeof(TimeZoneInfo), typeof(Regex)];
    private static readonly Type[] Comparers = [typeof(IComparer<>), typeof(IEqualityComparer<>)];
    private static readonly Type[] Keyed = [typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(ISet<>), typeof(IReadOnlySet<>), typeof(ILookup<,>)];

    private CopyPlan()
    {
    }

    /// <summary>Nobody can change such an object, or it stands for itself wherever it is.</summary>
    public bool IsShared { get; private init; }

    /// <summary>Why such an object can't be copied; null: it can.</summary>
    public string? Refusal { get; private init; }

    /// <summary>Puts copies in place of what a fresh copy still shares with the object; null: there is nothing of the kind.</summary>
    public Action<object, ObjectCopier>? Separate { get; private init; }

    /// <summary>Items lie where the hashes of their keys say, and the keys are copied: all have to be put in anew.</summary>
    public bool IsHashed { get; private init; }

    public static CopyPlan Of(Type type) => Plans.GetOrAdd(type, static key => Make(key));

    private static CopyPlan Make(Type type)
    {
        if (IsOneForAll(type) || Immutability.IsImmutable(type))
            return new CopyPlan { IsShared = true };
        if (WhyNot(type) is { } reason)
            return new CopyPlan { Refusal = reason };
        return new CopyPlan
        {
            Separate = SeparateOf(type),
            IsHashed = DeclaredTypes.IsOfPlatform(type) && KeyOf(type) is { } key && !Immutability.IsImmutable(key),
        };
    }

    // Of the platform's types only: a user's own may hold what changes.
    private static bool IsOneForAll(Type type) => DeclaredTypes.IsOfPlatform(type) && (
        Array.Exists(Shared, shared => shared.IsAssignableFrom(type)) ||
        typeof(IComparer).IsAssignableFrom(type) ||
        typeof(IEqualityComparer).IsAssignableFrom(type) ||
        GenericInterfaceOf(type, Comparers) is not null);

    private static string? WhyNot(Type type)
    {
        if (typeof(Task).IsAssignableFrom(type) || HasFinalizer(type))
            return "stands for something outside of the state";
        if (type.IsArray && !type.IsSZArray && !Immutability.IsImmutable(type.GetElementType()!))
            return "has several dimensions of items that can be changed";
        if (Immutability.FieldsOf(type).FirstOrDefault(field => field.FieldType.IsPointer || field.FieldType.IsFunctionPointer) is { } pointer)
            return $"has a pointer in its field {pointer.Name}";
        return null;
    }

    private static bool HasFinalizer(Type type) =>
        type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes) is { } method && method.DeclaringType != typeof(object);

    private static Type? KeyOf(Type type) =>
        GenericInterfaceOf(type, Keyed) is { } keyed ? keyed.GetGenericArguments()[0]
        : typeof(IDictionary).IsAssignableFrom(type) ? typeof(object)
        : null;

    private static Type? GenericInterfaceOf(Type type, Type[] definitions) =>
        Array.Find(type.GetInterfaces(), part => part.IsGenericType && definitions.Contains(part.GetGenericTypeDefinition()));

    private static Action<object, ObjectCopier>? SeparateOf(Type type)
    {
        if (type.IsArray)
            return Immutability.IsImmutable(type.GetElementType()!) ? null : Make(nameof(SeparateItems), type.GetElementType()!);
        return CopiedFields.Of(type).Count == 0 ? null : Make(type.IsValueType ? nameof(SeparateBoxed) : nameof(SeparateFields), type);
    }

    private static Action<object, ObjectCopier> Make(string method, Type type) =>
        typeof(CopyPlan).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).CreateDelegate<Action<object, ObjectCopier>>();

    private static void SeparateItems<T>(object copy, ObjectCopier copier)
    {
        foreach (ref var item in Unsafe.As<T[]>(copy).AsSpan())
            copier.Separate(ref item);
    }

    private static void SeparateFields<T>(object copy, ObjectCopier copier) => CopiedFields<T>.Separate(ref Unsafe.As<object, T>(ref copy), copier);

    private static void SeparateBoxed<T>(object copy, ObjectCopier copier)
        where T : struct => CopiedFields<T>.Separate(ref Unsafe.Unbox<T>(copy), copier);
}
