using System.Buffers;
using CsCheck;
using Millrace.Runtime.Cluster;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Cluster;

public sealed class FrameTests
{
    [Fact]
    public void Messages_of_any_size_come_out_as_they_went_in_however_the_bytes_are_cut() =>
        Gen.Select(Gen.Int[0, 200_000].Array[0, 6], Gen.Int[1, 70_000].Array[1, 20]).Sample(
            (sizes, cuts) =>
            {
                var messages = Array.ConvertAll(sizes, Pattern);

                Assert.Equal(messages, Take(Cut(Written(messages), cuts)));
            },
            iter: 200);

    [Fact]
    public void A_frame_that_is_longer_than_any_is_corrupt_before_its_bytes_have_come()
    {
        var bytes = new ReadOnlySequence<byte>([0x01, 0x00, 0x01, 0x00]);
        using var assembler = new MessageAssembler();

        Assert.Contains("65537 found", Assert.Throws<CorruptPayloadException>(() => assembler.TryTake(ref bytes, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_goes_on_for_ever_is_corrupt_at_its_limit()
    {
        using var assembler = new MessageAssembler(messageBytesMax: 100_000);
        var bytes = new ReadOnlySequence<byte>(Written(Pattern(200_000)));

        Assert.Throws<CorruptPayloadException>(() => assembler.TryTake(ref bytes, out _));
    }

    [Fact]
    public void Damaged_frames_are_messages_or_corrupt_and_cost_no_memory() =>
        DamagedBytes.Read(Written(Pattern(10), Pattern(0), Pattern(1000)), 5_000, bytes =>
        {
            using var assembler = new MessageAssembler();
            var rest = new ReadOnlySequence<byte>(bytes);
            while (assembler.TryTake(ref rest, out _))
            {
            }
        });

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(at => (byte)((at * 31) + size))];

    private static byte[] Written(params byte[][] messages)
    {
        var to = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
            FrameFormat.Write(to, message);
        return to.WrittenSpan.ToArray();
    }

    private static IEnumerable<byte[]> Cut(byte[] bytes, int[] cuts)
    {
        for (var (at, turn) = (0, 0); at < bytes.Length; turn++)
        {
            var end = Math.Min(bytes.Length, at + cuts[turn % cuts.Length]);
            yield return bytes[at..end];
            at = end;
        }
    }

    private static List<byte[]> Take(IEnumerable<byte[]> chunks)
    {
        using var assembler = new MessageAssembler();
        var messages = new List<byte[]>();
        byte[] held = [];
        foreach (var chunk in chunks)
        {
            held = [.. held, .. chunk];
            var rest = new ReadOnlySequence<byte>(held);
            while (assembler.TryTake(ref rest, out var message))
                messages.Add(message.ToArray());
            held = rest.ToArray();
        }

        Assert.False(assembler.IsWithin);
        Assert.Empty(held);
        return messages;
    }
}
