using System.Globalization;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class JobBookTests
{
    private static readonly SubmittedJob.Ending Stopped = new(IsGraceful: true, null);

    [Fact]
    public void Each_change_has_the_next_number_and_an_ended_job_frees_its_name()
    {
        var book = JobBook.Empty.Add(Job(1, "a")).Add(Job(2, "b")).End(new(1), Stopped).Add(Job(3, "a"));

        Assert.Equal(4, book.Number);
        Assert.Equal(new SubmissionUid(3), book.Current("a")!.Uid);
        Assert.Equal(Stopped, book.Find(new(1))!.End);
        Assert.Empty(book.Find(new(1))!.Arguments);
        Assert.Null(book.Current("c"));
    }

    [Fact]
    public void Of_ended_jobs_the_last_256_are_kept_and_of_current_ones_all()
    {
        var book = JobBook.Empty.Add(Job(1000, "stays"));
        for (var uid = 1UL; uid <= 300; uid++)
            book = book.Add(Job(uid, "a")).End(new(uid), Stopped);

        Assert.Equal(257, book.Jobs.Length);
        Assert.Null(book.Find(new(44)));
        Assert.NotNull(book.Find(new(45)));
        Assert.True(book.Current("stays")!.IsCurrent);
    }

    [Fact]
    public void What_would_make_it_too_large_is_refused()
    {
        var full = Enumerable.Range(1, JobBook.CurrentMax).Aggregate(JobBook.Empty, (book, uid) => book.Add(Job((ulong)uid, string.Create(CultureInfo.InvariantCulture, $"job-{uid}"))));

        Assert.Null(JobBook.Empty.Refuse(Job(1, "a")));
        Assert.StartsWith("Submission of job a: at most 128 submitted jobs in a cluster expected, one more found", full.Refuse(Job(200, "a")), StringComparison.Ordinal);
        Assert.Equal("Submission: a name of 1 to 200 characters expected of a job, one of 201 found.", JobBook.Empty.Refuse(Job(1, new string('a', 201))));
        Assert.StartsWith(
            "Submission of job a: arguments of at most 16384 characters in all expected, 16385 found",
            JobBook.Empty.Refuse(Job(1, "a") with { Arguments = [new string('a', 16_000), new string('b', 385)] }),
            StringComparison.Ordinal);
        Assert.Equal(1001, JobBook.Empty.Add(Job(1, "a")).End(new(1), new(true, new string('r', 5000))).Jobs[0].End!.Reason!.Length);
    }

    private static SubmittedJob Job(ulong uid, string name) => new(new(uid), name, "program", ["argument"]);
}
