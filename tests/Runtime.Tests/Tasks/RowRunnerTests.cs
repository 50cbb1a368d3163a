using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Tasks;

public sealed class RowRunnerTests
{
    private readonly RecordingEnd<int> _end = new();

    [Fact]
    public void A_record_that_goes_through_at_its_third_try_leaves_one_trace()
    {
        var rows = Run((row, attempt) => row == 2 && attempt < 3, ErrorPolicy.Fail);

        Assert.Equal([1, 2, 3], _end.Rows);
        Assert.True(rows.SawFailure);
        Assert.Equal(0, rows.TakeSkipped());
        Assert.False(rows.SawFailure);
    }

    [Fact]
    public void A_poison_record_is_left_out_and_counted()
    {
        var rows = Run((row, _) => row == 2, ErrorPolicy.Skip);

        Assert.Equal([1, 3], _end.Rows);
        Assert.Equal(1, rows.TakeSkipped());
        Assert.Equal(0, rows.TakeSkipped());
    }

    [Fact]
    public void A_poison_record_fails_the_job_and_is_named_with_its_place()
    {
        var failure = Assert.Throws<JobEndingException>(() => Run((row, _) => row == 2, ErrorPolicy.Fail));

        Assert.Equal("Operator check threw FormatException: bad 2 (three tries; record 2; row 1)", failure.Message);
        Assert.Equal([1], _end.Rows);
    }

    private RowRunner Run(Func<int, int, bool> throwsAt, ErrorPolicy policy)
    {
        var progress = new OperatorProgress();
        var chain = new TaskChain { Progress = progress };
        chain.Ends.Add(_end);
        var output = new Output<int>(_end, null, progress);
        chain.DiscardOutputs += output.Discard;
        var entry = new ChainInput<int>(new Output<int>(new FailingInput<int>(output, throwsAt), new OperatorId("check"), progress));
        var rows = new RowRunner(chain, _ => policy);
        rows.Run(entry, Batch<int>.Of(1, 2, 3), row => $"row {row}");
        return rows;
    }
}
