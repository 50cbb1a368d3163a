namespace Millrace.Data;

/// <summary>A key threw while it was hashed. Names the key's type; the operator that met it wraps it in a <see cref="UserFunctionException"/>.</summary>
internal sealed class KeyFailedException(Type key, Exception cause)
    : Exception($"a key of type {key} threw while it was hashed: {UserText.Of(cause)}", cause);
