using Millrace.Client;
using Millrace.Data;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using Millrace.Serialization;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Runtime.Jobs;

/// <summary>Fits a savepoint to a job that may have other stages, operators and parallelism.</summary>
/// <remarks>
/// State is found by operator and table. Where the number of partitions is another, the rows of a table go to the owners of their keys' groups.
/// The result is what a process of this job would have left had it written a snapshot and died: images in the job's own journal, and the
/// history that names them, from which its first coordinator opens.
/// </remarks>
internal sealed class SavepointImport
{
    private readonly JournalRows.Snapshotted _snapshot;
    private readonly JobManifest _written;
    private readonly JobManifest _present;
    private readonly TaskSettings _settings;
    private readonly TaskTopology _topology;
    private readonly TaskImageParts[] _images;
    private readonly int[] _firstTasks;
    private readonly List<TaskImageParts.Table>[] _tables;
    private readonly string?[] _positions;
    private readonly OffsetRange[] _ranges;
    private readonly List<string> _restored = [];
    private readonly List<string> _new = [];
    private readonly List<string> _lost = [];
    private readonly List<string> _refused = [];

    /// <param name="path">Where the savepoint stands.</param>
    /// <param name="file">What it holds.</param>
    /// <param name="settings">The job that is to begin from it.</param>
    /// <param name="epochMs">How long the job's epochs are, where its state depends on it.</param>
    /// <exception cref="CorruptPayloadException">An image is none.</exception>
    public SavepointImport(string path, SavepointFile file, TaskSettings settings, long? epochMs)
    {
        (_snapshot, _settings, _topology) = (file.Snapshot, settings, settings.Topology);
        _written = JobManifest.Parse(_snapshot.Manifest);
        _present = JobManifest.Of(settings.Job.Name, settings.Topology.Graph, epochMs, JobScale.None);
        _images = [.. file.Images.Select(image => image.Image is EncodedDelta encoded ? TaskImageParts.Read(encoded) : new(Watermark.Minimum, null, []))];
        _firstTasks = [.. _written.Stages.Select((_, stage) => _written.Stages.Take(stage).Sum(before => before.Tasks))];
        if (_firstTasks.Length == 0 || _firstTasks[^1] + _written.Stages[^1].Tasks != _images.Length)
            throw new CorruptPayloadException($"Images of the tasks of its manifest expected, {_images.Length} images found.");
        _tables = [.. Enumerable.Range(0, _topology.Count).Select(_ => new List<TaskImageParts.Table>())];
        _positions = new string?[_topology.Count];
        _ranges = new OffsetRange[_topology.Count];
        Fit();
        Report = new()
        {
            Path = path,
            Job = _written.Job,
            Epoch = new Epoch(_snapshot.Epoch),
            Restored = _restored,
            New = _new,
            Lost = _lost,
            Refused = _refused,
        };
    }

    public SavepointReport Report { get; }

    private JobGraph Graph => _topology.Graph;

    /// <summary>Writes the images to the job's journal; gives the history to open with. Nothing is changed if it is not opened with.</summary>
    public async Task<HistoryImage> WriteAsync(IJournal journal, CancellationToken cancellationToken)
    {
        var uid = new ProcessUid(unchecked((ulong)Random.Shared.NextInt64(1, long.MaxValue)));
        var images = Enumerable.Range(0, _topology.Count)
            .Select(task => new JournalRows.TaskImage(_snapshot.Epoch, task, 0, ImageOf(task)))
            .ToArray();
        var numbers = await journal.WriteAsync(JournalStream.Snapshots(uid), images, cancellationToken).ConfigureAwait(false);
        return _snapshot.History with
        {
            LastRanges = [.. _ranges],
            SnapshotEpoch = _snapshot.Epoch,
            Images = [.. numbers.Select(number => new RowAddress(uid, number))],
            Origin = _snapshot.Epoch,
        };
    }

    private EncodedDelta ImageOf(int task)
    {
        var head = Graph.IdOf(_topology.StageOf(task).Head).Name;
        var known = Enumerable.Range(0, _written.Stages.Length).Where(stage => _written.Stages[stage].Head == head).SelectMany(TasksOf).ToArray();
        var watermark = (known.Length > 0 ? known : Enumerable.Range(0, _images.Length)).Min(old => _images[old].Watermark);
        return new TaskImageParts(watermark, _positions[task], _tables[task]).Write(Math.Max(1, _topology.Senders(task).Count));
    }

    private IEnumerable<int> TasksOf(int writtenStage) => Enumerable.Range(_firstTasks[writtenStage], _written.Stages[writtenStage].Tasks);

    private void Fit()
    {
        if (_written.KeyGroups != Graph.KeyGroups)
            _refused.Add($"{_written.KeyGroups} key groups written, {Graph.KeyGroups} in the job; they are fixed for the life of the state: set millrace.task.key-groups (JobOptions.KeyGroups)");
        if (_written.EpochMs is { } written && _present.EpochMs is { } present && written != present)
            _refused.Add($"batches of {written} ms written, of {present} ms in the job; its state counts in batches: keep their interval");
        FitSources();
        FitTables();
    }

    private void FitSources()
    {
        var first = 0;
        foreach (var stage in Graph.Stages)
        {
            if (stage.Inputs.IsEmpty)
                FitSource(stage, first);
            first += stage.Parallelism;
        }

        var present = Graph.Stages.Where(stage => stage.Inputs.IsEmpty).Select(stage => Graph.IdOf(stage.Head).Name).ToHashSet(StringComparer.Ordinal);
        _lost.AddRange(_written.Stages.Where(stage => stage.Channels == 0 && !present.Contains(stage.Head)).Select(stage => $"source {stage.Head} with its position"));
    }

    private void FitSource(JobStage stage, int first)
    {
        var id = Graph.IdOf(stage.Head).Name;
        var written = Enumerable.Range(0, _written.Stages.Length).Where(i => _written.Stages[i].Channels == 0 && _written.Stages[i].Head == id).ToArray();
        if (written is not [var only])
        {
            _new.Add($"source {id}, from its beginning");
            Array.Fill(_ranges, OffsetRange.None, first, stage.Parallelism);
            return;
        }

        if (_written.Stages[only].Tasks != stage.Parallelism)
        {
            var splits = _written.Stages[only].Tasks;
            var howTo = stage.Head.Splits is null ? Give(splits, "splits") : $"begin on a source that has {splits}, which this one does not leave to the job";
            _refused.Add($"source {id}: splits {splits} written, {stage.Parallelism} in the job; positions are by split: {howTo}");
            return;
        }

        for (var split = 0; split < stage.Parallelism; split++)
        {
            _ranges[first + split] = _snapshot.History.LastRanges[_firstTasks[only] + split];
            _positions[first + split] = _images[_firstTasks[only] + split].Position;
        }

        _restored.Add($"source {id}");
    }

    private static string Give(int count, string what) =>
        $"give it {count} {what}: where the program makes it, or by JobOptions.Parallelism (millrace.task.parallelism) with all others that name no number";

    private void FitTables()
    {
        var placed = new HashSet<(string, string)>();
        var first = 0;
        foreach (var stage in Graph.Stages)
        {
            foreach (var (@operator, table) in ChainBuilder.TablesOf(_settings, first).All)
            {
                var pieces = PiecesOf(@operator.Name, table.Name);
                placed.Add((@operator.Name, table.Name));
                if (pieces.Count > 0)
                    TryFit(@operator, table, pieces, first, _present.Stages[stage.Index]);
            }

            foreach (var node in stage.Nodes.Where(node => node.Options.IsStateful && !_images.Any(image => image.Tables.Any(table => table.Operator == Graph.IdOf(node).Name))))
                _new.Add($"operator {Graph.IdOf(node)}, with no state");
            first += stage.Parallelism;
        }

        var left = _images.SelectMany(image => image.Tables).Select(table => (table.Operator, table.Name)).Distinct().Where(table => !placed.Contains(table));
        foreach (var tables in left.GroupBy(table => table.Operator, table => table.Name))
        {
            _lost.Add(tables.All(name => name.StartsWith(TaskState.DeadLetterTables, StringComparison.Ordinal))
                ? $"dead letters of operator {tables.Key}"
                : $"operator {tables.Key} (table {string.Join(", ", tables)})");
        }
    }

    /// <summary>The pieces of a table, with the partition that each comes from, of which stage.</summary>
    private List<(int Partition, JobManifest.Stage Of, ReadOnlyMemory<byte> Rows)> PiecesOf(string @operator, string table)
    {
        var pieces = new List<(int, JobManifest.Stage, ReadOnlyMemory<byte>)>();
        for (var stage = 0; stage < _written.Stages.Length; stage++)
        {
            foreach (var task in TasksOf(stage))
            {
                foreach (var piece in _images[task].Tables.Where(piece => piece.Operator == @operator && piece.Name == table))
                    pieces.Add((task - _firstTasks[stage], _written.Stages[stage], piece.Rows));
            }
        }

        return pieces;
    }

    private void TryFit(OperatorId @operator, StateTable table, List<(int Partition, JobManifest.Stage Of, ReadOnlyMemory<byte> Rows)> pieces, int first, JobManifest.Stage present)
    {
        var (written, parallelism) = (pieces[0].Of, present.Tasks);
        var moves = written.Tasks != parallelism;
        if (moves && table.IsLocal)
        {
            _refused.Add($"operator {@operator}: table {table.Name} belongs to {written.Tasks} partitions and can't be divided among {parallelism}; {Give(written.Tasks, "partitions")}");
            return;
        }

        // Only the partitioner knows where its keys lie, and it is asked for records, not for state.
        if (written.Placed != present.Placed || (moves && written.Placed is not null))
        {
            _refused.Add($"operator {@operator}: table {table.Name} lies on {written.Tasks} partitions by {written.Placed ?? "key group"}, by {present.Placed ?? "key group"} on {parallelism} in the job; keep its partitioner and its number of partitions");
            return;
        }

        try
        {
            foreach (var (partition, _, rows) in pieces)
            {
                var reader = new CodecReader(rows.Span);
                var delta = table.ReadDelta(_snapshot.Epoch, ref reader, _settings.Codecs);
                if (moves)
                    Divide(@operator, delta, first, parallelism);
                else
                    _tables[first + partition].Add(new(@operator.Name, table.Name, rows));
            }
        }
        catch (Exception cause) when (cause is SchemaException or CorruptPayloadException)
        {
            _refused.Add($"operator {@operator}: table {table.Name}: {cause.Message.TrimEnd('.')}");
            return;
        }

        _restored.Add(moves
            ? $"operator {@operator}, table {table.Name}, from {written.Tasks} partitions to {parallelism}"
            : $"operator {@operator}, table {table.Name}");
    }

    private void Divide(OperatorId @operator, StateDelta delta, int first, int parallelism)
    {
        var parts = delta.SplitByOwner(Graph.KeyGroups, parallelism);
        for (var partition = 0; partition < parallelism; partition++)
        {
            if (parts[partition] is not { } part)
                continue;
            using var writer = new CodecWriter();
            part.Write(writer, _settings.Codecs);
            _tables[first + partition].Add(new(@operator.Name, delta.Table, writer.ToArray()));
        }
    }
}
