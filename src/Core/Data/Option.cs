using System.Diagnostics.CodeAnalysis;

namespace Millrace.Data;

/// <summary>A value or none; for places where null can't say it because the value may be of any type.</summary>
public readonly record struct Option<T>
{
    private readonly T? _value;

    public Option(T value)
    {
        _value = value;
        HasValue = true;
    }

    /// <summary>No value.</summary>
    public static Option<T> None => default;

    public bool HasValue { get; }

    /// <summary>The value; throws where there is none.</summary>
    public T Value => HasValue ? _value! : throw new InvalidOperationException("There is no value.");

    public static implicit operator Option<T>(T value) => new(value);

    public T GetOrElse(T other) => HasValue ? _value! : other;

    /// <summary><c>Some(3)</c> or <c>None</c>, the same in every culture.</summary>
    public override string ToString() => HasValue ? FormattableString.Invariant($"Some({_value})") : "None";

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return HasValue;
    }
}
