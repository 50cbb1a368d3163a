namespace Millrace.Corpus.Tests;

/// <summary>A test that needs the corpora; skipped, and shown so, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (!Corpora.ArePresent)
            Skip = $"No corpora at {Corpora.Root}; set MILLRACE_CORPORA to their folder.";
    }
}
