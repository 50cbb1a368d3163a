using System.Collections.Immutable;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Core.Tests.State;

/// <summary>Runs steps on a table and on a model that copies everything: at each mark and at each epoch's end.</summary>
internal sealed class ModelRun(TableDriver driver)
{
    private const int EpochsInFlight = 3;

    private static readonly CodecCatalog Codecs = new();

    private readonly StateTable _table = driver.Create();
    private readonly StateTable _restored = driver.Create();
    private readonly StateTable _read = driver.Create();
    private readonly Dictionary<long, ImmutableSortedDictionary<string, string>> _ends = new() { [0] = Empty };
    private readonly Dictionary<long, StateDelta?> _early = [];
    private readonly Stack<(long Mark, ImmutableSortedDictionary<string, string> Model)> _marks = new();
    private ImmutableSortedDictionary<string, string> _model = Empty;
    private long _committed;
    private long _epoch;

    private static ImmutableSortedDictionary<string, string> Empty { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    internal static void Check(TableDriver driver, List<Step> steps) => new ModelRun(driver).Run(steps);

    private void Run(List<Step> steps)
    {
        _table.BeginEpoch(++_epoch);
        foreach (var step in steps)
        {
            Take(step);
            AssertSame(_model, driver.Read(_table), $"after {step}");
            if (driver.Shown(_table, _committed) is { } shown)
                AssertSame(_ends[_committed], shown, $"shown after {step}");
        }

        EndEpoch(captureEarly: true);
        CommitTo(_epoch);
        Assert.Equal(0, _table.UndoEntryCount);
        AssertSame(_model, driver.Read(_restored), "restored");
    }

    private void Take(Step step)
    {
        switch (step.Kind - TableDriver.Kinds)
        {
            case 0:
                _marks.Push((_table.Mark(), _model));
                break;
            case 1 when _marks.TryPop(out var mark):
                _table.UndoTo(mark.Mark);
                _model = mark.Model;
                break;
            case 2 when _marks.TryPop(out var mark):
                _table.Release(mark.Mark);
                break;
            case 3:
                EndEpoch(captureEarly: step.Value % 2 == 0);
                if (_epoch - _committed >= EpochsInFlight)
                {
                    CommitTo(_committed + 1);
                }

                _table.BeginEpoch(++_epoch);
                break;
            case 4:
                RollBackTo(_committed + (step.Value % (_epoch - _committed)));
                _table.BeginEpoch(++_epoch);
                break;
            case 5 when _epoch - 1 > _committed:
                CommitTo(_committed + 1 + (step.Value % (_epoch - 1 - _committed)));
                break;
            case < 0:
                _model = driver.Change(_table, _model, step);
                break;
        }
    }

    private void EndEpoch(bool captureEarly)
    {
        _marks.Clear();
        _ends[_epoch] = _model;
        if (captureEarly)
        {
            _early[_epoch] = _table.CaptureDelta(_epoch);
        }
    }

    private void RollBackTo(long epoch)
    {
        _marks.Clear();
        for (; _epoch > epoch; _epoch--)
        {
            _early.Remove(_epoch);
            _ends.Remove(_epoch);
        }

        _table.RollBackTo(epoch);
        _model = _ends[epoch];
        AssertSame(_model, driver.Read(_table), $"rolled back to {epoch}");
    }

    private void CommitTo(long epoch)
    {
        for (var e = _committed + 1; e <= epoch; e++)
        {
            var late = _table.CaptureDelta(e);
            Assert.Equal(Differences(_ends[e - 1], _ends[e]), late?.Count ?? 0);
            var delta = _early.TryGetValue(e, out var early) ? early : late;
            Assert.Equal(late?.Count, delta?.Count);
            foreach (var part in delta?.SplitByOwner(8, 8) ?? [])
            {
                if (part is not null)
                {
                    _restored.Apply(part);
                }
            }

            AssertSame(_ends[e], driver.Read(_restored), $"deltas up to {e}");
            var image = driver.Create();
            var whole = _table.CaptureImage(e);
            if (whole is not null)
            {
                image.Apply(whole);
            }

            AssertSame(_ends[e], driver.Read(image), $"image of {e}");
            ApplyWritten(e, (table, writer) => table.WriteDelta(e, writer, Codecs), late?.Count ?? 0, _read);
            AssertSame(_ends[e], driver.Read(_read), $"written deltas up to {e}");
            var writtenImage = driver.Create();
            ApplyWritten(e, (table, writer) => table.WriteImage(e, writer, Codecs), whole?.Count ?? 0, writtenImage);
            AssertSame(_ends[e], driver.Read(writtenImage), $"written image of {e}");
        }

        _table.Commit(epoch);
        _committed = epoch;
    }

    /// <summary>What is written without gathering it first is as many rows, and nothing at all where there are none.</summary>
    private void ApplyWritten(long epoch, Func<StateTable, CodecWriter, bool> write, int rows, StateTable target)
    {
        using var writer = new CodecWriter();
        writer.WriteByte(0);
        Assert.Equal(rows > 0, write(_table, writer));
        var reader = new CodecReader(writer.WrittenSpan);
        reader.ReadByte();
        Assert.Equal(rows == 0, reader.Remaining == 0);
        if (rows == 0)
            return;
        var delta = target.ReadDelta(epoch, ref reader, Codecs);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(rows, delta.Count);
        target.Apply(delta);
    }

    private static int Differences(ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Count(name => !string.Equals(before.GetValueOrDefault(name), after.GetValueOrDefault(name), StringComparison.Ordinal));

    private static void AssertSame(ImmutableSortedDictionary<string, string> expected, ImmutableSortedDictionary<string, string> found, string when) =>
        Assert.True(expected.SequenceEqual(found), $"{when}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
}
