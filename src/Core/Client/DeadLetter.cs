using Millrace.Data;

namespace Millrace.Client;

/// <summary>A record that did not go through, kept with what is known of it.</summary>
/// <param name="Id">Its name in the job: the same until it is replayed or discarded.</param>
/// <param name="Operator">The operator that failed on it.</param>
/// <param name="Epoch">The epoch in which it failed, or came to wait.</param>
/// <param name="Place">Where it came from, for a person: source, split and offset; behind an exchange the epoch.</param>
/// <param name="Error">The error in one line; what it waits for, where <paramref name="IsWaiting"/>.</param>
/// <param name="Details">The exception with its stack, cut at 4,000 characters; empty where <paramref name="IsWaiting"/>.</param>
/// <param name="Key">The key by which it came; null where it came by none. Of a cluster's job: its text.</param>
/// <param name="Record">The record as it entered the failing operator's chain, which begins at a source or an exchange. Of a cluster's job: its text, cut at 4,000 characters.</param>
/// <param name="IsParked">Whether records of its key wait behind it (<see cref="Operators.ErrorPolicy.Park"/>).</param>
/// <param name="IsWaiting">Whether it did not fail itself, and waits behind one that did.</param>
public sealed record DeadLetter(
    string Id, OperatorId Operator, Epoch Epoch, string Place, string Error, string Details, object? Key, object? Record, bool IsParked, bool IsWaiting);
