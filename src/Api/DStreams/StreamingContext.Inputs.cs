using System.Collections.Concurrent;
using System.Threading.Channels;
using Millrace.Connectors;
using Millrace.Connectors.Adapters;
using Millrace.Connectors.Files;
using Millrace.Connectors.Memory;
using Millrace.Connectors.Rates;
using Millrace.Connectors.Receivers;
using Millrace.Connectors.Sockets;
using Millrace.Time;

namespace Millrace.DStreams;

/// <content>Input streams.</content>
public sealed partial class StreamingContext
{
    /// <summary>Lines of UTF-8 text from a TCP server. Without <see cref="WriteAheadLog"/>, what a killed process had received and not committed is lost.</summary>
    public DStream<string> SocketTextStream(string host, int port, SocketSourceOptions? options = null)
    {
        options ??= new();
        var source = new SocketTextSource(host, port, options with { WriteAheadLog = options.WriteAheadLog ?? WriteAheadLog });
        return Monitored(SourceStream("socketText", source), source);
    }

    /// <summary>Rows that a TCP server sends in blocks, encoded by a <see cref="RawSocketWriter{T}"/>. Without <see cref="WriteAheadLog"/>, what a killed process had received and not committed is lost.</summary>
    /// <remarks>Lines are not looked for and texts not parsed: the cheapest way in for rows of another .NET program.</remarks>
    public DStream<T> RawSocketStream<T>(string host, int port, RawSocketSourceOptions? options = null)
    {
        options ??= new();
        var source = new RawSocketSource<T>(host, port, options with { WriteAheadLog = options.WriteAheadLog ?? WriteAheadLog });
        return Monitored(SourceStream("rawSocket", source), source);
    }

    /// <summary>Arrays from a queue of this process, one a batch or all that are there. The arrays must not change afterwards.</summary>
    public DStream<T> QueueStream<T>(ConcurrentQueue<T[]> queue, bool oneAtATime = true)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return SourceStream("queue", new QueueSource<T>(queue, oneAtATime));
    }

    /// <summary>Lines of the text files that appear in a directory: each file is the rows of the batch that finds it. Files must be moved in whole.</summary>
    /// <param name="directory">The directory, which must exist; its subdirectories are not looked into.</param>
    /// <param name="options">Which files to take. <value>Default: those modified since a minute before the start; names that begin with a dot never.</value></param>
    public DStream<string> TextFileStream(string directory, DirectorySourceOptions? options = null) => FileStream(directory, new LineFormat(), options);

    /// <summary>Records of a fixed length from the binary files that appear in a directory. A file whose size is no multiple fails the job.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    /// <param name="recordLength">Bytes of a record, 1 or more.</param>
    /// <param name="options">Which files to take, as for <see cref="TextFileStream"/>.</param>
    public DStream<byte[]> BinaryRecordsStream(string directory, int recordLength, DirectorySourceOptions? options = null) =>
        FileStream(directory, new FixedLengthFormat(recordLength), options);

    /// <summary>Records of the files that appear in a directory, in a format of any kind.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    /// <param name="format">What the files hold.</param>
    /// <param name="options">Which files to take, as for <see cref="TextFileStream"/>.</param>
    public DStream<T> FileStream<T>(string directory, IFileFormat<T> format, DirectorySourceOptions? options = null) =>
        SourceStream("file", new DirectorySource<T>(directory, format, options));

    /// <summary>What a receiver of the user's own stores. The runtime runs it on a thread of its own and starts it again after a failure.</summary>
    /// <param name="create">Makes a new receiver; called once a start of the job.</param>
    /// <param name="options">How to run it: block interval, rates, waits.</param>
    /// <remarks>What was received and not committed is held in memory: runs again in this process, lost with it without <see cref="WriteAheadLog"/>.</remarks>
    public DStream<T> ReceiverStream<T>(Func<Receiver<T>> create, ReceiverOptions? options = null)
    {
        options ??= new();
        var source = new ReceiverSource<T>(create, options with { WriteAheadLog = options.WriteAheadLog ?? WriteAheadLog });
        return Monitored(SourceStream("receiver", source), source);
    }

    /// <summary>What an asynchronous sequence gives. The stream has ended when the sequence has.</summary>
    public DStream<T> InputStream<T>(IAsyncEnumerable<T> input) => SourceStream("input", new AsyncEnumerableSource<T>(input));

    /// <summary>What comes through a channel, until it is completed. Bound the channel to hold its writers up.</summary>
    public DStream<T> InputStream<T>(ChannelReader<T> input) => SourceStream("input", new ChannelSource<T>(input));

    /// <summary>What an observable pushes, until it completes. A push waits while the job is behind; none is dropped. Its error fails the job.</summary>
    public DStream<T> InputStream<T>(IObservable<T> input) => SourceStream("input", new ObservableSource<T>(input));

    /// <summary>Rows of a number and a time, so many a second from the first batch time on, computed from batch times alone; a program that is started again goes on.</summary>
    /// <param name="rowsPerSecond">From 1 to 1,000,000,000.</param>
    /// <param name="splits">Partitions of the stream, fixed for the life of a checkpoint. <value>Default null: the job's parallelism.</value></param>
    public DStream<RateRow> RateStream(long rowsPerSecond = 1, int? splits = null) => SourceStream("rate", new RateSource(rowsPerSecond, splits: splits));

    /// <summary>Any source.</summary>
    public DStream<T> SourceStream<T>(string kind, ISource<T> source) => new(this, Building().AddSource(kind, source));

    private DStream<T> Monitored<T>(DStream<T> stream, IReceiverSource source)
    {
        _receivers.Add(plan => new ReceiverMonitor(plan.IdOf(stream.Port.Node).Name, source, NewEstimator(), Bus));
        return stream;
    }

    private PidRateEstimator? NewEstimator() => Backpressure is { } options
        ? new PidRateEstimator(BatchDuration, options.Proportional, options.Integral, options.Derivative, options.MinRate)
        : null;
}
