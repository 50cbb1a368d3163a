using System.Collections.Concurrent;
using System.Threading.Channels;
using Millrace.Connectors;
using Millrace.Connectors.Adapters;
using Millrace.Connectors.Files;
using Millrace.Connectors.Memory;
using Millrace.Connectors.Rates;
using Millrace.Connectors.Receivers;
using Millrace.Connectors.Sockets;
using Millrace.DStreams.Rdds;
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

    /// <summary>Records that a function makes of the bytes of a TCP server. Without <see cref="WriteAheadLog"/>, what a killed process had received and not committed is lost.</summary>
    /// <param name="host">Name or address of the server.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="converter">Called once a connection with its bytes, on a thread of the receiver; the sequence it returns ends with the bytes.</param>
    /// <param name="options">How to run the receiver: block interval, rates, waits between two connections.</param>
    /// <remarks>Where the server is not there, closes, or the function throws, it is connected to again after <see cref="ReceiverOptions.RestartDelay"/>, with a warning.</remarks>
    public DStream<T> SocketStream<T>(string host, int port, Func<Stream, IEnumerable<T>> converter, ReceiverOptions? options = null)
    {
        options ??= new();
        var source = SocketStreamSource.Of(host, port, converter, options with { WriteAheadLog = options.WriteAheadLog ?? WriteAheadLog }, _runner.Clock);
        return Monitored(SourceStream("socket", source), source);
    }

    /// <summary>Arrays from a queue of this process, one a batch or all that are there. The arrays must not change afterwards.</summary>
    public DStream<T> QueueStream<T>(ConcurrentQueue<T[]> queue, bool oneAtATime = true)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return SourceStream("queue", new QueueSource<T>(queue, oneAtATime));
    }

    /// <summary>RDDs from a queue of this process, one a batch or the union of all that are there.</summary>
    /// <param name="queue">Where the RDDs come from; may be filled while the job runs. <see cref="Rdd.Parallelize{T}(IEnumerable{T}, int?)"/> makes one of rows.</param>
    /// <param name="oneAtATime">One RDD a batch, or all that are there.</param>
    /// <param name="defaultRdd">The batch where the queue is empty. <value>Default null: an empty batch.</value></param>
    /// <remarks>The executors of the job compute them, on their batch's turn. Their partitions become those of the stream, in their order.</remarks>
    public DStream<T> QueueStream<T>(ConcurrentQueue<Rdd<T>> queue, bool oneAtATime = true, Rdd<T>? defaultRdd = null)
    {
        ArgumentNullException.ThrowIfNull(queue);
        // Why with an empty one of the job: what stands on it is computed by the job's executors.
        var ofJob = Rdd.OfPartitions<T>([], Datasets);
        return SourceStream("queue", new RddQueueSource<T>(queue, oneAtATime)).Transform(taken =>
        {
            Rdd<T>[] rdds = [.. taken.Collect()];
            if (rdds is [] && defaultRdd is not null)
                rdds = [defaultRdd];
            return Rdd.Union([ofJob, .. rdds]);
        });
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
        SourceStream("file", new DirectorySource<T>(directory, format, options, _runner.Clock));

    /// <summary>What a receiver of the user's own stores. The runtime runs it on a thread of its own and starts it again after a failure.</summary>
    /// <param name="create">Makes a new receiver; called once a start of the job.</param>
    /// <param name="options">How to run it: block interval, rates, waits.</param>
    /// <remarks>What was received and not committed is held in memory: runs again in this process, lost with it without <see cref="WriteAheadLog"/>.</remarks>
    public DStream<T> ReceiverStream<T>(Func<Receiver<T>> create, ReceiverOptions? options = null)
    {
        options ??= new();
        var source = new ReceiverSource<T>(create, options with { WriteAheadLog = options.WriteAheadLog ?? WriteAheadLog }, timeProvider: _runner.Clock);
        return Monitored(SourceStream("receiver", source), source);
    }

    /// <summary>What an asynchronous sequence gives. The stream has ended when the sequence has.</summary>
    public DStream<T> InputStream<T>(IAsyncEnumerable<T> input) => SourceStream("input", new AsyncEnumerableSource<T>(input));

    /// <summary>What comes through a channel, until it is completed. Bound the channel to hold its writers up.</summary>
    public DStream<T> InputStream<T>(ChannelReader<T> input) => SourceStream("input", new ChannelSource<T>(input));

    /// <summary>What an observable pushes, until it completes. A push waits while the job is behind; none is dropped. Its error fails the job.</summary>
    public DStream<T> InputStream<T>(IObservable<T> input) => SourceStream("input", new ObservableSource<T>(input));

    /// <summary>What one of this process's inputs gives, as <c>AkkaStreamSource.Of(source)</c>, or one of those above with a name or a smaller buffer of its own.</summary>
    public DStream<T> InputStream<T>(InputSource<T> input) => SourceStream("input", input);

    /// <summary>Rows of a number and a time, so many a second from the first batch time on, computed from batch times alone; a program that is started again goes on.</summary>
    /// <param name="rowsPerSecond">From 1 to 1,000,000,000.</param>
    /// <param name="splits">Partitions of the stream, fixed for the life of a checkpoint. <value>Default null: the job's parallelism.</value></param>
    public DStream<RateRow> RateStream(long rowsPerSecond = 1, int? splits = null) => SourceStream("rate", new RateSource(rowsPerSecond, splits: splits));

    /// <summary>Any source.</summary>
    public DStream<T> SourceStream<T>(string kind, ISource<T> source)
    {
        var port = Building().AddSource(kind, source);
        _lastInput++;
        return new(this, port);
    }

    private DStream<T> Monitored<T>(DStream<T> stream, IReceiverSource source)
    {
        var id = _lastInput;
        _receivers.Add(plan => new ReceiverMonitor((id, plan.IdOf(stream.Port.Node).Name), source, NewEstimator(), Bus, _runner.Clock));
        return stream;
    }

    private PidRateEstimator? NewEstimator() => Backpressure is { } options
        ? new PidRateEstimator(BatchDuration, options.Proportional, options.Integral, options.Derivative, options.MinRate)
        : null;
}
