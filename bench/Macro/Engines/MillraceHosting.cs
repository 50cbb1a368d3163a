namespace Millrace.Bench.Macro.Engines;

/// <summary>What the product's programs run in.</summary>
internal abstract class MillraceHosting
{
    /// <value>The engine's name.</value>
    public abstract string Name { get; }

    /// <value>Which of the processes this one is, from 0.</value>
    public virtual int Number => 0;

    public abstract Task<MillraceHost> StartAsync();

    /// <summary>The checkpoint directory of the run that begins, a new one; null where its journal is in memory.</summary>
    public abstract string? BeginRun();

    /// <summary>The run has ended.</summary>
    public abstract void EndRun();

    /// <summary>A new directory for one run.</summary>
    public static string NewDirectory() => Directory.CreateTempSubdirectory("millrace-bench-").FullName;
}
