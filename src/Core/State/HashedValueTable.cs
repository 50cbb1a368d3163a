using System.Diagnostics.CodeAnalysis;
using Millrace.Data;

namespace Millrace.State;

/// <summary>A value table whose loops are specialised on the hash of its keys.</summary>
internal sealed class HashedValueTable<TKey, TValue, THash>(string name, Func<TValue, TValue>? clone, bool isTransient)
    : ValueTable<TKey, TValue>(name, clone, isTransient)
    where THash : struct, IKeyHash<TKey>
{
    public override int Count => throw new NotSupportedException();
    internal override int UndoEntryCount => throw new NotSupportedException();
    public override void Clear() => throw new NotSupportedException();
    internal override void BeginEpoch(long epoch) => throw new NotSupportedException();
    internal override long Mark() => throw new NotSupportedException();
    internal override void UndoTo(long mark) => throw new NotSupportedException();
    internal override void Release(long mark) => throw new NotSupportedException();
    internal override void RollBackTo(long epoch) => throw new NotSupportedException();
    internal override void Commit(long epoch) => throw new NotSupportedException();
    internal override StateDelta? CaptureDelta(long epoch) => throw new NotSupportedException();
    internal override StateDelta? CaptureImage(long epoch) => throw new NotSupportedException();
    internal override void Apply(StateDelta delta) => throw new NotSupportedException();
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => throw new NotSupportedException();
    public override ref TValue GetOrAdd(TKey key, out bool existed) => throw new NotSupportedException();
    public override void Put(TKey key, TValue value) => throw new NotSupportedException();
    public override bool Remove(TKey key) => throw new NotSupportedException();
    public override void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce) => throw new NotSupportedException();
    public override void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce, Span<TValue> results) => throw new NotSupportedException();
}
