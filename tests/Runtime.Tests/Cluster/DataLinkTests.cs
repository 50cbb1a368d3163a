using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Millrace.Runtime.Cluster;

namespace Millrace.Runtime.Tests.Cluster;

#pragma warning disable CA1001 // xunit calls DisposeAsync.
public sealed class DataLinkTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<byte[]> _received = [];
    private Socket _here = null!;
    private Socket _there = null!;
    private DataLink _link = null!;
    private DataLink _other = null!;

    public async Task InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _here = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await _here.ConnectAsync(listener.LocalEndpoint);
        _there = await listener.AcceptSocketAsync();
        _link = new DataLink(new NetworkStream(_here, ownsSocket: true), _ => throw new FormatException("not asked for"));
        _other = new DataLink(new NetworkStream(_there, ownsSocket: true), message => _received.Add(message.ToArray()));
    }

    public Task DisposeAsync()
    {
        _link.Dispose();
        _other.Dispose();
        _received.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Messages_of_several_threads_arrive_whole_and_each_threads_in_its_order()
    {
        const int Threads = 4;
        const int Each = 2_000;
        _link.Start();
        _other.Start();

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                var message = new byte[8 + (number % 7 == 0 ? 100_000 : number % 50)];
                BitConverter.TryWriteBytes(message, thread);
                BitConverter.TryWriteBytes(message.AsSpan(4), number);
                _link.Send(message);
            }
        }))).WaitAsync(Patience);

        var next = new int[Threads];
        for (var taken = 0; taken < Threads * Each; taken++)
        {
            Assert.True(_received.TryTake(out var message, Patience));
            var (thread, number) = (BitConverter.ToInt32(message!), BitConverter.ToInt32(message!, 4));
            Assert.Equal(next[thread]++, number);
            Assert.Equal(8 + (number % 7 == 0 ? 100_000 : number % 50), message!.Length);
        }
    }

    [Fact]
    public async Task The_end_of_one_side_is_told_at_the_other_and_later_sends_do_nothing()
    {
        _link.Start();
        _other.Start();

        _link.Dispose();

        Assert.Equal("closed by this process", await _link.Closed.WaitAsync(Patience));
        Assert.StartsWith("closed by the other end", await _other.Closed.WaitAsync(Patience), StringComparison.Ordinal);
        _link.Send([1]);
        _other.Send([1]);
    }

    [Fact]
    public async Task A_reset_is_told_as_one()
    {
        _other.Start();
        _here.LingerState = new LingerOption(enable: true, seconds: 0);

        _here.Close();

        Assert.Equal("broken (ConnectionReset)", await _other.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task Bytes_that_are_no_frames_close_the_link_and_say_so()
    {
        _other.Start();

        await _here.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.StartsWith("A frame of at most 65536 bytes expected, ", await _other.Closed.WaitAsync(Patience), StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_message_that_is_refused_closes_the_link()
    {
        _link.Start();
        _other.Start();

        _other.Send([1, 2, 3]);

        Assert.Equal("FormatException: not asked for", await _link.Closed.WaitAsync(Patience));
        Assert.StartsWith("closed by the other end", await _other.Closed.WaitAsync(Patience), StringComparison.Ordinal);
    }
}
