namespace Millrace.Chaos.Tests;

/// <summary>A test of each case of the corpora; skipped, and shown so, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusTheoryAttribute : TheoryAttribute
{
    public CorpusTheoryAttribute()
    {
        if (!Directory.Exists(Corpora.Root))
            Skip = $"No corpora at {Corpora.Root}; set MILLRACE_CORPORA to their folder.";
    }
}
