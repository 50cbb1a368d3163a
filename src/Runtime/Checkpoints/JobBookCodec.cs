using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A <see cref="JobBook"/> as bytes, in a row and on its way between nodes: fields in the order of their records.</summary>
internal static class JobBookCodec
{
    private const int JobSizeMin = 21;

    public static void Write(RowWriter to, JobBook book)
    {
        to.Int64(book.Number);
        HistoryCodec.Write(to, book.Jobs, Write);
    }

    public static JobBook Read(RowReader from) => new(from.Int64(), from.List(JobSizeMin, ReadJob));

    public static void Write(RowWriter to, SubmittedJob.Ending end)
    {
        HistoryCodec.Write(to, end.IsGraceful);
        WriteOptional(to, end.Reason);
    }

    public static SubmittedJob.Ending ReadEnding(RowReader from) => new(from.Flag(), ReadOptional(from));

    private static void Write(RowWriter to, SubmittedJob job)
    {
        to.UInt64(job.Uid.Value);
        to.Text(job.Job);
        to.Text(job.Program);
        HistoryCodec.Write(to, job.Arguments, static (to, argument) => to.Text(argument));
        HistoryCodec.Write(to, job.End is not null);
        if (job.End is not null)
            Write(to, job.End);
    }

    private static SubmittedJob ReadJob(RowReader from) => new(
        new(from.UInt64()), from.Text(), from.Text(), from.List(sizeof(int), static from => from.Text()), from.Flag() ? ReadEnding(from) : null);

    public static void WriteOptional(RowWriter to, string? text)
    {
        HistoryCodec.Write(to, text is not null);
        if (text is not null)
            to.Text(text);
    }

    public static string? ReadOptional(RowReader from) => from.Flag() ? from.Text() : null;
}
