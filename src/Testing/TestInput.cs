using Millrace.DStreams;

namespace Millrace.Testing;

/// <summary>Rows that a script feeds to its program, batch by batch. Made by <see cref="StreamScript.Input"/>; for the script's thread.</summary>
/// <remarks>Each partition gets an even, contiguous share of a batch's rows. A batch for which nothing was added is empty.</remarks>
public sealed class TestInput<T> : ITestInput
{
    private readonly TestLog<T> _sealed = new();
    private readonly List<List<T>> _next = [];
    private readonly string _name;

    internal TestInput(StreamingContext context, string name)
    {
        _name = name;
        Stream = Attach(context);
    }

    /// <summary>The stream of the rows, in the script's present context.</summary>
    public DStream<T> Stream { get; private set; }

    /// <inheritdoc/>
    string ITestInput.Name => _name;

    /// <inheritdoc/>
    int ITestInput.RowsLeft => _next.Sum(rows => rows.Count);

    /// <summary>Adds rows to the next batch.</summary>
    public TestInput<T> Add(params T[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return AddTo(0, rows);
    }

    /// <summary>Adds rows to as many batches as are given, beginning with the next one.</summary>
    public TestInput<T> AddBatches(params T[][] batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        for (var batch = 0; batch < batches.Length; batch++)
            AddTo(batch, batches[batch]);
        return this;
    }

    /// <inheritdoc/>
    void ITestInput.Seal()
    {
        _sealed.Add(_next.Count > 0 ? [.. _next[0]] : []);
        _next.RemoveRange(0, Math.Min(1, _next.Count));
    }

    /// <summary>Feeds the context of a program that is started again.</summary>
    internal DStream<T> Attach(StreamingContext context) => Stream = context.SourceStream(_name, new TestSource<T>(_name, _sealed));

    private TestInput<T> AddTo(int batch, T[] rows)
    {
        while (_next.Count <= batch)
            _next.Add([]);
        _next[batch].AddRange(rows);
        return this;
    }
}
