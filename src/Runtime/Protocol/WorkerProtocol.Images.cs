using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Images of tasks for snapshots, in a stream of their own: their writing delays no row, acknowledgement or commit.</summary>
internal sealed partial class WorkerProtocol
{
    private readonly RowAppender _imageWriter;
    private readonly List<HeldImage> _images = [];
    private HeldImage? _writingImage;

    private void OnImageTaken(WorkerMessages.ImageTaken taken)
    {
        _images.RemoveAll(i => i.Task == taken.Task && i.Epoch <= taken.Epoch);
        _images.Add(new HeldImage(taken));
    }

    private void WriteNextImage(List<IWorkerEffect> effects)
    {
        if (!_imageWriter.IsIdle || _images.Find(i => i.Number == 0) is not { } next)
        {
            return;
        }

        _writingImage = next;
        _imageWriter.Append(new JournalRows.TaskImage(next.Epoch, next.Task, next.Generation, next.Image), effects);
    }

    /// <summary>The image may have been dropped while it was written: then its row is a proposal that nobody makes.</summary>
    private void OnImageDurable(long number, List<IWorkerEffect> effects)
    {
        var image = _writingImage!;
        _writingImage = null;
        if (_images.Contains(image))
        {
            image.OnWritten(number);
            effects.Add(new WorkerMessages.Send(new SnapshotWritten(_self, WrittenImageOf(image))));
        }
    }

    /// <summary>The task goes back to a base: what it handed over behind that is no end of any epoch that will be history.</summary>
    private void DropImagesBehind(int task, long @base) => _images.RemoveAll(i => i.Task == task && i.Epoch > @base);

    private void DropImagesThrough(long epoch) => _images.RemoveAll(i => i.Epoch <= epoch);

    private ImmutableArray<WrittenImage> WrittenImages() => [.. _images.Where(i => i.Number > 0).Select(WrittenImageOf)];

    private WrittenImage WrittenImageOf(HeldImage image) =>
        new(image.Task, image.Generation, image.Epoch, new RowAddress(_self, image.Number), image.Bytes);

    private static bool IsSameImage(JournalRows.Row written, JournalRows.Row found) =>
        written is JournalRows.TaskImage a && found is JournalRows.TaskImage b
        && (a.Epoch, a.Task, a.Generation) == (b.Epoch, b.Task, b.Generation);

    private sealed class HeldImage(WorkerMessages.ImageTaken taken)
    {
        public int Task { get; } = taken.Task;

        public int Generation { get; } = taken.Generation;

        public long Epoch { get; } = taken.Epoch;

        public long Bytes { get; } = taken.Bytes;

        /// <value>Null once it is written.</value>
        public object? Image { get; private set; } = taken.Image;

        /// <value>Its row; 0: not written yet.</value>
        public long Number { get; private set; }

        public void OnWritten(long number) => (Number, Image) = (number, null);
    }
}
