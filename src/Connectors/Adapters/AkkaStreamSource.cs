using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>Makes sources of Akka.Streams.</summary>
public static class AkkaStreamSource
{
    /// <summary>The elements of an Akka.Streams source of any materialized value.</summary>
    /// <param name="input">The blueprint; each job that opens the source runs it anew.</param>
    /// <param name="materialized">Told of the value with each run, before the first element is asked for: the queue of <c>Source.Queue</c>, the actor of
    /// <c>Source.ActorRef</c>. Must be quick; where it throws, the job fails. <value>Default null: the value is not needed.</value></param>
    /// <param name="materializer">Where to run it; null for an actor system of its own, shared by the connectors of this process.</param>
    /// <param name="name">What a person calls it; the description is <c>stream name</c>.</param>
    /// <param name="bufferedRecordsMax">Records not yet committed from which on nothing is asked for; by default 1,048,576. Two blocks of 1,024 may come on top.</param>
    /// <exception cref="GraphException">The number is less than 1.</exception>
    public static AkkaStreamSource<T> Of<T, TMat>(
        Source<T, TMat> input,
        Action<TMat>? materialized = null,
        IMaterializer? materializer = null,
        string? name = null,
        long bufferedRecordsMax = InputSource<T>.BufferedRecordsMaxDefault)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new(
            input.MapMaterializedValue(value =>
            {
                materialized?.Invoke(value);
                return NotUsed.Instance;
            }),
            materializer,
            name,
            bufferedRecordsMax);
    }
}
