using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class OrderLogTests
{
    private static readonly RequestUid First = new(0xA1);
    private static readonly RequestUid Second = new(0xB2);

    private readonly OrderLog _log = new();

    [Fact]
    public void An_order_is_carried_out_by_the_commit_of_its_plan()
    {
        _log.OnPlanned(Plan(4, First));
        _log.OnPlanned(Plan(5, Second));
        Assert.True(_log.IsPlanned(First));
        Assert.Null(_log.CommittedAt(First));

        Assert.Equal([First], _log.OnCommitted(4));

        Assert.Equal((4L, null), (_log.CommittedAt(First), _log.CommittedAt(Second)));
        Assert.Equal((false, true), (_log.IsPlanned(First), _log.IsPlanned(Second)));
    }

    [Fact]
    public void What_is_told_again_is_told_once()
    {
        _log.OnPlanned(Plan(4, First));
        _log.OnPlanned(Plan(4, First));
        Assert.Equal([First], _log.OnCommitted(5));

        _log.OnPlanned(Plan(4, First));

        Assert.Empty(_log.OnCommitted(5));
        Assert.Empty(_log.OnCommitted(6));
        Assert.Equal(4, _log.CommittedAt(First));
    }

    [Fact]
    public void Old_orders_are_forgotten_in_their_order()
    {
        for (var epoch = 1; epoch <= 5000; epoch++)
        {
            _log.OnPlanned(Plan(epoch, new RequestUid((ulong)epoch)));
            _log.OnCommitted(epoch);
        }

        Assert.Null(_log.CommittedAt(new(904)));
        Assert.Equal(905, _log.CommittedAt(new(905)));
        Assert.Equal(5000, _log.CommittedAt(new(5000)));
    }

    [Fact]
    public void An_order_is_read_as_it_was_spelled_and_nothing_else_is_one()
    {
        var order = LetterOrder.Parse(LetterOrder.Spell(First, replays: true, null)!);
        Assert.Equal((First, true, null), (order.Request, order.Replays, order.Ids));
        Assert.Equal((default, false), (LetterOrder.Parse("discard\n1.0.0@a").Request, LetterOrder.Parse("discard\n1.0.0@a").Replays));

        foreach (var other in new[] { "", "replay", "forget 00000000000000a1\n*", "replay 00000000000000a1", "replay g\n*", "replay a b\n*", "replay 1ffffffffffffffff\n*" })
            Assert.Null(LetterOrder.TryParse(other));
    }

    private static EpochPlan Plan(long epoch, RequestUid order) => new(epoch, [], 0, 0, false, 0, [LetterOrder.Spell(order, replays: true, null)!]);
}
