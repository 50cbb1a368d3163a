using System.Net;
using System.Net.Sockets;
using Akka.IO;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using Millrace.Connectors.Receivers;
using Millrace.Connectors.Streams;
using Millrace.Data;
using Source = Akka.Streams.Dsl.Source;
using TcpOptions = System.Collections.Immutable.ImmutableList<Akka.IO.Inet.SocketOption>;

namespace Millrace.Connectors.Sockets;

/// <summary>Keeps a connection to the server: connects, hands on what it brings, and after its end connects again.</summary>
internal sealed class SocketConnector(string source, string host, int port, SocketOptions options, ReceiverHealth health, ILogger logger, TimeProvider clock)
{
    private static readonly TcpOptions KeepAlive = [new KeepAliveOption()];

    private static readonly TimeSpan TryMin = TimeSpan.FromSeconds(1);

    private readonly ReconnectBackoff _backoff = new(options.ReconnectDelayMin, options.ReconnectDelayMax, Random.Shared);
    private long _downSince;
    private bool _connected;

    /// <summary>Runs until it is stopped or has been without a connection for too long.</summary>
    /// <exception cref="SourceFailedException">No connection for <see cref="SocketOptions.FailAfter"/>, or a record that may not be.</exception>
    public async Task RunAsync(SharedStreams streams, SocketInput input, CancellationToken stop)
    {
        _downSince = clock.GetTimestamp();
        for (var told = false; ; told = true)
        {
            var reason = await TryAsync(streams, input, stop).ConfigureAwait(false);
            if (_connected)
                told = false;
            if (_connected && input.ReceivedBytes > 0 && !input.IsBroken)
                _backoff.Reset();
            if (!told)
            {
                SocketLog.Disconnected(logger, source, reason, options.ReconnectDelayMax.TotalSeconds);
                health.Failed(reason);
            }

            health.Stopped();
            if (Left() <= TimeSpan.Zero)
            {
                throw new SourceFailedException(
                    $"Source {source}: no connection for {options.FailAfter} ({reason}), a server that listens there expected; start it, correct host and port, or raise FailAfter.");
            }

            await Task.Delay(Max(Min(_backoff.Next(), Left()), TimeSpan.Zero), clock, stop).ConfigureAwait(false);
            await WaitForRoomAsync(input.Room, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Why: each connection takes its first chunk at once, and a server that resets its connections would fill the memory.</summary>
    private async Task WaitForRoomAsync(Task room, CancellationToken stop)
    {
        if (room.IsCompleted)
            return;
        await room.WaitAsync(stop).ConfigureAwait(false);
        _downSince = clock.GetTimestamp();
    }

    /// <summary>Connects to one address of the host after the other, until one works; gives the reason why there is no connection any more.</summary>
    private async Task<string> TryAsync(SharedStreams streams, SocketInput input, CancellationToken stop)
    {
        _connected = false;
        var reason = $"host {host} has no address";
        IPAddress[] addresses = [];
        try
        {
            addresses = await System.Net.Dns.GetHostAddressesAsync(host, stop).WaitAsync(ConnectTimeout(), clock, stop).ConfigureAwait(false);
        }
        catch (SocketException cause)
        {
            return $"host {host} is unknown: {OneLine(cause)}";
        }
        catch (TimeoutException)
        {
            return $"host {host} was not resolved in time";
        }

        foreach (var address in addresses)
        {
            reason = await ConnectAsync(streams, input, new IPEndPoint(address, port), stop).ConfigureAwait(false);
            if (_connected)
                break;
        }

        return reason;
    }

    private async Task<string> ConnectAsync(SharedStreams streams, SocketInput input, IPEndPoint address, CancellationToken stop)
    {
        var kill = KillSwitches.Shared(source);
        using var stopping = stop.Register(() => kill.Abort(new OperationCanceledException(stop)));
        input.Begin(kill.Abort, stop);
        var (connected, ended) = Source.Maybe<ByteString>()
            .Via(kill.Flow<ByteString>())
            .ViaMaterialized(streams.System.TcpStream().OutgoingConnection(address, options: KeepAlive, halfClose: false), Keep.Right)
            .SelectAsync(1, input.Push)
            .Via(kill.Flow<Akka.Done>())
            .ToMaterialized(Sink.Ignore<Akka.Done>(), Keep.Both)
            .Run(streams.Materializer);
        try
        {
            await connected.WaitAsync(ConnectTimeout(), clock, stop).ConfigureAwait(false);
            _connected = true;
            SocketLog.Connected(logger, source, address);
            health.Started();
            input.Watch();
            return await ReadToEndAsync(input, ended, stop).ConfigureAwait(false);
        }
        catch (Exception cause) when (!_connected && cause is not OperationCanceledException)
        {
            return cause is TimeoutException ? $"{address} did not answer in time" : $"{address} refused, or can't be reached";
        }
        finally
        {
            // Why: the writing side never ends by itself, and keeps the socket as long.
            if (ended.IsCompleted)
                kill.Shutdown();
            else
                kill.Abort(new OperationCanceledException());
            _ = connected.ContinueWith(task => task.Exception, TaskScheduler.Default);
            await ((Task)ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            input.Unwatch();
            if (stop.IsCancellationRequested)
                health.Stopped();
        }
    }

    private async Task<string> ReadToEndAsync(SocketInput input, Task ended, CancellationToken stop)
    {
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        _downSince = clock.GetTimestamp();
        if (input.Failure is { } failure)
            throw failure;
        input.End();
        return ended.Exception?.GetBaseException() switch
        {
            null => "closed by the server",
            TimeoutException => $"nothing came for {options.IdleTimeout}",
            var cause => OneLine(cause),
        };
    }

    /// <summary>A try ends with the time limit of the source, but it gets long enough to learn the true reason.</summary>
    private TimeSpan ConnectTimeout() => Min(options.ConnectTimeout, Max(Left(), TryMin));

    /// <summary>What is left of <see cref="SocketOptions.FailAfter"/>.</summary>
    private TimeSpan Left() => options.FailAfter is { } failAfter ? failAfter - clock.GetElapsedTime(_downSince) : TimeSpan.MaxValue;

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;

    private static string OneLine(Exception cause) => cause.Message.ReplaceLineEndings(" ");
}
