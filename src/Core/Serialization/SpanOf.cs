namespace Millrace.Serialization;

/// <summary>The items of a list, in place.</summary>
internal delegate ReadOnlySpan<TItem> SpanOf<in TList, TItem>(TList list);
