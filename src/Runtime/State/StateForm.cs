using Millrace.Serialization;

namespace Millrace.Runtime.State;

/// <summary>How keys and values are given, and of which types they are expected to be.</summary>
/// <param name="Kind">How.</param>
/// <param name="KeyType">The name of the keys' type; empty where they come as text.</param>
/// <param name="ValueType">The name of the values' type; empty where they come as text.</param>
internal sealed record StateForm(StateFormKind Kind, string KeyType, string ValueType)
{
    public static readonly StateForm Text = new(StateFormKind.Text, "", "");

    public static StateForm Of<TKey, TValue>(StateFormKind kind) => new(kind, CodecCatalog.Name(typeof(TKey)), CodecCatalog.Name(typeof(TValue)));
}
