using System.Reflection;
using Millrace.Client;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Cluster;

public sealed class NodeCodecTests
{
    public static TheoryData<string> Samples => [.. NodeSamples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_has_the_bytes_of_its_golden_file_and_is_read_from_them(string name)
    {
        var message = SampleOf(name);

        var golden = GoldenFile.Read("node", name, NodeCodec.Encode(message));

        Assert.Equal(golden, NodeCodec.Encode(message));
        var read = NodeCodec.Decode(golden);
        Assert.Equal(golden, NodeCodec.Encode(read));
        if (message is not (NodeMessage.Answer or NodeMessage.Request { What: JobRequest.ReadState }))
            Assert.Equivalent(message, read, strict: true);
    }

    [Fact]
    public void Jobs_and_letters_come_back_field_by_field()
    {
        var (jobs, readJobs) = (Answer<JobAnswer.Jobs>("answer-jobs"), Read<JobAnswer.Jobs>("answer-jobs"));
        Assert.Equal(jobs.All.Select(job => job with { Nodes = [] }), readJobs.All.Select(job => job with { Nodes = [] }));
        Assert.Equal(jobs.All.Select(job => job.Nodes), readJobs.All.Select(job => job.Nodes));

        var (letters, readLetters) = (Answer<JobAnswer.LettersHeld>("answer-letters-held"), Read<JobAnswer.LettersHeld>("answer-letters-held"));
        Assert.Equal(letters with { Page = readLetters.Page }, readLetters);
        Assert.Equal<DeadLetter>(letters.Page.Letters, readLetters.Page.Letters);
        Assert.Equal(letters.Page.HasMore, readLetters.Page.HasMore);
        Assert.Equal(Answer<JobAnswer.Refused>("answer-refused"), Read<JobAnswer.Refused>("answer-refused"));

        static T Answer<T>(string name) => Assert.IsType<T>(((NodeMessage.Answer)SampleOf(name)).What);
        static T Read<T>(string name) => Assert.IsType<T>(((NodeMessage.Answer)NodeCodec.Decode(NodeCodec.Encode(SampleOf(name)))).What);
    }

    [Fact]
    public void Queries_of_state_and_their_answers_come_back_field_by_field()
    {
        foreach (var (name, message) in NodeSamples.All)
        {
            switch (message)
            {
                case NodeMessage.Request { What: JobRequest.ReadState { Query: StateQuery.Get { Key: ReadOnlyMemory<byte> key } get } }:
                    var read = Assert.IsType<StateQuery.Get>(((JobRequest.ReadState)((NodeMessage.Request)NodeCodec.Decode(NodeCodec.Encode(message))).What).Query);
                    Assert.Equal(key.ToArray(), ((ReadOnlyMemory<byte>)read.Key!).ToArray());
                    Assert.Equal(get with { Key = null }, read with { Key = null });
                    break;
                case NodeMessage.Request { What: JobRequest.ReadState }:
                    Assert.Equal(message, NodeCodec.Decode(NodeCodec.Encode(message)));
                    break;
                case NodeMessage.Answer { What: JobAnswer.StateHeld { What: StateAnswer.Tables tables } }:
                    var held = Assert.IsType<JobAnswer.StateHeld>(((NodeMessage.Answer)NodeCodec.Decode(NodeCodec.Encode(message))).What);
                    Assert.Equal<TableCount>(tables.Counts, ((StateAnswer.Tables)held.What!).Counts);
                    Assert.Equal((new ProcessUid(0xA1), 3, 4, 6, true), (held.Process, held.Attempt, held.Held, held.Tasks, ((StateAnswer.Tables)held.What).HasMore));
                    break;
                case NodeMessage.Answer { What: JobAnswer.State { What: StateAnswer.Entries { Rows: StateRows.Texts texts } entries } }:
                    var found = (StateAnswer.Entries)((JobAnswer.State)((NodeMessage.Answer)NodeCodec.Decode(NodeCodec.Encode(message))).What).What;
                    Assert.Equal<(string, string)>(texts.All, ((StateRows.Texts)found.Rows).All);
                    Assert.Equal((entries.Epoch, entries.Next), (found.Epoch, found.Next));
                    break;
            }
        }
    }

    [Fact]
    public void A_page_that_has_more_behind_no_table_is_corrupt()
    {
        byte[] bytes = [.. NodeCodec.Encode(new NodeMessage.Answer(new(1), new JobAnswer.State(new StateAnswer.Tables([], HasMore: false))))[..^1], 1];

        Assert.Throws<CorruptPayloadException>(() => NodeCodec.Decode(bytes));
    }

    [Fact]
    public void Every_message_has_a_golden_file() =>
        Assert.Equal(
            typeof(NodeMessage).GetNestedTypes(BindingFlags.NonPublic).Where(type => type.BaseType == typeof(NodeMessage)).Select(type => type.Name).Order(),
            NodeSamples.All.Select(sample => sample.Message.GetType().Name).Distinct().Order());

    [Fact]
    public void Every_request_and_every_answer_has_a_golden_file()
    {
        var found = NodeSamples.All.Select(sample => sample.Message switch
        {
            NodeMessage.Request request => request.What.GetType(),
            NodeMessage.Answer answer => answer.What.GetType(),
            _ => null,
        });

        Assert.Equal(Nested(typeof(JobRequest)).Concat(Nested(typeof(JobAnswer))).ToHashSet(), found.OfType<Type>().ToHashSet());

        static IEnumerable<Type> Nested(Type of) => of.GetNestedTypes(BindingFlags.NonPublic).Where(type => type.IsSubclassOf(of) && !type.IsAbstract);
    }

    [Fact]
    public void A_page_that_has_more_behind_no_letter_is_corrupt()
    {
        byte[] bytes = [.. NodeCodec.Encode(SampleOf("answer-letters"))[..^1], 1];

        Assert.Throws<CorruptPayloadException>(() => NodeCodec.Decode(bytes));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Damaged_bytes_are_a_message_or_corrupt_and_cost_no_memory(string name) =>
        DamagedBytes.Read(NodeCodec.Encode(SampleOf(name)), 1_000, bytes => NodeCodec.Decode(bytes));

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_that_is_cut_or_too_long_is_corrupt(string name)
    {
        var bytes = NodeCodec.Encode(SampleOf(name));
        for (var end = 0; end < bytes.Length; end++)
            Assert.Throws<CorruptPayloadException>(() => NodeCodec.Decode(bytes.AsMemory(0, end)));
        Assert.Throws<CorruptPayloadException>(() => NodeCodec.Decode((byte[])[.. bytes, 0]));
    }

    [Fact]
    public void A_list_of_more_jobs_than_there_are_bytes_for_is_corrupt_before_it_is_made()
    {
        byte[] bytes = [.. NodeCodec.Encode(new NodeMessage.Hello(new(1), "", 0, new(0, [], []), []))[..^4], 0xFF, 0xFF, 0xFF, 0x7F];

        DamagedBytes.Cost(DamagedBytes.SlackBytes, () => Assert.Throws<CorruptPayloadException>(() => NodeCodec.Decode(bytes)));
    }

    private static NodeMessage SampleOf(string name) => NodeSamples.All.Single(sample => sample.Name == name).Message;
}
