using System.Collections.Immutable;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Jobs;

/// <summary>What becomes of a <see cref="JobRequest"/>.</summary>
internal abstract record JobAnswer
{
    /// <summary>Somebody sees to it; ask again, since he may be lost.</summary>
    /// <param name="IsStopping">The job was running, and has been told to stop.</param>
    internal sealed record UnderWay(bool IsStopping) : JobAnswer;

    /// <summary>It is done.</summary>
    /// <param name="Epoch">By this epoch; 0 where it has to do with none.</param>
    internal sealed record Done(long Epoch) : JobAnswer;

    /// <summary>It is not done, and won't be.</summary>
    /// <param name="Kind">Who can do something about it.</param>
    /// <param name="Line">Why, for a person.</param>
    internal sealed record Refused(RefusalKind Kind, string Line) : JobAnswer
    {
        public static Refused Of(Exception cause) => cause switch
        {
            ConfigurationException => new(RefusalKind.Configuration, cause.Message),
            CorruptCheckpointException => new(RefusalKind.Damage, cause.Message),
            InvalidOperationException => new(RefusalKind.State, cause.Message),
            _ => new(RefusalKind.State, UserText.Of(cause)),
        };

        public Exception ToException() => Kind switch
        {
            RefusalKind.Configuration => new ConfigurationException(Line),
            RefusalKind.Damage => new CorruptCheckpointException(Line),
            _ => new InvalidOperationException(Line),
        };
    }

    /// <summary>The jobs of the cluster.</summary>
    internal sealed record Jobs(ImmutableArray<ClusterJob> All) : JobAnswer;

    /// <summary>Dead letters of one process.</summary>
    /// <param name="Process">It.</param>
    /// <param name="Attempt">See <see cref="Tasks.HeldLetters"/>.</param>
    /// <param name="Held">How many tasks it holds.</param>
    /// <param name="Tasks">How many the job has.</param>
    /// <param name="Page">The letters.</param>
    internal sealed record LettersHeld(ProcessUid Process, int Attempt, int Held, int Tasks, LetterPage Page) : JobAnswer;

    /// <summary>Dead letters of all tasks.</summary>
    internal sealed record Letters(LetterPage Page) : JobAnswer;

    /// <summary>The answer that was expected.</summary>
    /// <exception cref="InvalidOperationException">The job does not run.</exception>
    /// <exception cref="ConfigurationException">It can't be done as it was asked.</exception>
    public T As<T>()
        where T : JobAnswer => this switch
        {
            T expected => expected,
            Refused refused => throw refused.ToException(),
            _ => throw new InvalidOperationException($"An answer {typeof(T).Name} of the cluster expected, {GetType().Name} found; see whether the nodes run the same version."),
        };
}
