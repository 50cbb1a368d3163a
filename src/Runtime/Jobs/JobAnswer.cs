using System.Collections.Immutable;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;

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

    /// <summary>What one process has to say: answers of one attempt whose tasks are all of them leave none out, and are of none that is lost.</summary>
    /// <param name="Process">It.</param>
    /// <param name="Attempt">Who holds what.</param>
    /// <param name="Held">How many tasks it holds.</param>
    /// <param name="Tasks">How many the job has.</param>
    internal abstract record Part(ProcessUid Process, int Attempt, int Held, int Tasks) : JobAnswer
    {
        /// <summary>The answer of all of them; null where none of them has one.</summary>
        public abstract JobAnswer? Merge(IEnumerable<Part> parts);
    }

    /// <summary>Dead letters of one process.</summary>
    /// <param name="Process">See the base.</param>
    /// <param name="Attempt">See the base.</param>
    /// <param name="Held">See the base.</param>
    /// <param name="Tasks">See the base.</param>
    /// <param name="Page">The letters.</param>
    internal sealed record LettersHeld(ProcessUid Process, int Attempt, int Held, int Tasks, LetterPage Page) : Part(Process, Attempt, Held, Tasks)
    {
        /// <inheritdoc/>
        public override JobAnswer Merge(IEnumerable<Part> parts) => new Letters(LetterPage.Merge([.. parts.OfType<LettersHeld>().Select(part => part.Page)]));
    }

    /// <summary>State of one process.</summary>
    /// <param name="Process">See the base.</param>
    /// <param name="Attempt">See the base.</param>
    /// <param name="Held">See the base.</param>
    /// <param name="Tasks">See the base.</param>
    /// <param name="What">What its tasks say; null where none of them was to be asked.</param>
    internal sealed record StateHeld(ProcessUid Process, int Attempt, int Held, int Tasks, StateAnswer? What) : Part(Process, Attempt, Held, Tasks)
    {
        /// <inheritdoc/>
        public override JobAnswer? Merge(IEnumerable<Part> parts) =>
            parts.OfType<StateHeld>().Select(part => part.What).OfType<StateAnswer>().ToArray() is [_, ..] answers ? new State(StateAnswer.Merge(answers)) : null;
    }

    /// <summary>State of all tasks that were to be asked.</summary>
    internal sealed record State(StateAnswer What) : JobAnswer;

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
