namespace Millrace.Corpus.Tests;

/// <summary>The case needs something that is not there yet.</summary>
internal sealed class AbsentFeatureException(string feature) : Exception(feature);
