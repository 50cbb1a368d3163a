using Millrace.Data;

namespace Millrace.Client;

/// <summary>What a key of a table had.</summary>
/// <param name="Value">None where the key was not there.</param>
/// <param name="Epoch">At the end of which epoch; 0: before the first.</param>
public sealed record StateValue<TValue>(Option<TValue> Value, Epoch Epoch);
