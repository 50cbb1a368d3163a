namespace Millrace.Runtime.Exchange;

/// <summary>From receiver to sender: so many batches were worked off and as many more may be sent.</summary>
/// <param name="Output">The channel's index at the sender.</param>
/// <param name="Generation">The receiver's generation; credit of an older one is void.</param>
/// <param name="Batches">How many.</param>
internal sealed record Credit(int Output, int Generation, int Batches);
