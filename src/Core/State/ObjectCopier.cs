using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Copies an object with all that it refers to, each object once, down to what can't be changed. For one thread at a time.</summary>
/// <remarks>
/// An object is first copied as it stands; then what its fields or items refer to is replaced by copies. Those wait in a list: a chain of a
/// million nodes takes no deeper stack than one.
/// </remarks>
internal sealed class ObjectCopier
{
    // What one large state leaves behind would have to be swept for each small one.
    private const int KeptMax = 1024;

    private static readonly Func<object, object> CloneAsItStands =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private readonly Stack<(object Copy, CopyPlan Plan)> _waiting = [];
    private readonly List<object> _hashed = [];
    private Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);
    private Type? _holder;

    /// <exception cref="NotCopiedException">Something in it can't be copied.</exception>
    public T Copy<T>(T value)
    {
        try
        {
            Separate(ref value);
            while (_waiting.TryPop(out var next))
            {
                _holder = next.Copy.GetType();
                next.Plan.Separate!(next.Copy, this);
            }

            foreach (var items in _hashed)
                PutInAnew(items);
            return value;
        }
        finally
        {
            _waiting.Clear();
            _hashed.Clear();
            _holder = null;
            if (_copies.Count > KeptMax)
                _copies = new(ReferenceEqualityComparer.Instance);
            else
                _copies.Clear();
        }
    }

    /// <summary>Puts a copy in place of what is there; of a struct, in its fields.</summary>
    public void Separate<T>(ref T value)
    {
        if (typeof(T).IsValueType)
        {
            CopiedFields<T>.Separate(ref value, this);
        }
        else
        {
            var copy = CopyOf(value);
            value = Unsafe.As<object?, T>(ref copy);
        }
    }

    private object? CopyOf(object? value)
    {
        if (value is null)
            return null;
        if (value is Delegate function)
            return Checked(function);
        var plan = CopyPlan.Of(value.GetType());
        if (plan.IsShared)
            return value;
        if (_copies.TryGetValue(value, out var known))
            return known;
        if (plan.Refusal is { } reason)
            throw Refused(value.GetType(), reason);

        var copy = CloneAsItStands(value);
        _copies.Add(value, copy);
        if (plan.Separate is not null)
            _waiting.Push((copy, plan));
        if (plan.IsHashed)
            _hashed.Add(copy);
        return copy;
    }

    /// <summary>A function is copied as it is, since there is no telling what it does: one that captures what can be changed is refused.</summary>
    private Delegate Checked(Delegate function)
    {
        foreach (var one in function.GetInvocationList())
        {
            if (one.Target is { } target && !CopyPlan.Of(target.GetType()).IsShared)
                throw Refused(function.GetType(), "is a function that captures what can be changed");
        }

        return function;
    }

    private NotCopiedException Refused(Type type, string reason) => new(
        $"{CodecCatalog.Name(type)}{(_holder is null ? "" : $" inside {CodecCatalog.Name(_holder)}")} found, which {reason}. " +
        "Keep plain values in the state, or mark the field with [NonSerialized].");

    private void PutInAnew(object items)
    {
        _holder = null;
        if (items is IDictionary { IsReadOnly: false, IsFixedSize: false } map)
        {
            var entries = new List<DictionaryEntry>(map.Count);
            for (var each = map.GetEnumerator(); each.MoveNext();)
                entries.Add(each.Entry);
            map.Clear();
            foreach (var (key, value) in entries)
                map.Add(key, value);
        }
        else if (Array.Find(items.GetType().GetInterfaces(), part => part.IsGenericType && part.GetGenericTypeDefinition() == typeof(ISet<>)) is { } set)
        {
            typeof(ObjectCopier).GetMethod(nameof(AddAnew), BindingFlags.Instance | BindingFlags.NonPublic)!
                .MakeGenericMethod(set.GetGenericArguments()).CreateDelegate<Action<object>>(this)(items);
        }
        else
        {
            throw NotPutIn(items);
        }
    }

    private void AddAnew<T>(object items)
    {
        var set = (ISet<T>)items;
        if (set.IsReadOnly)
            throw NotPutIn(items);
        var all = set.ToArray();
        set.Clear();
        set.UnionWith(all);
    }

    private NotCopiedException NotPutIn(object items) => Refused(items.GetType(), "finds its items by keys that can be changed, and takes none anew");
}
