namespace Millrace.Runtime.Protocol;

/// <summary>What a task has to do when it adopts.</summary>
/// <param name="CommitThrough">First commit every epoch up to this one that is not committed yet, each after the one before (epochs are dense): free undo lists, apply sink rows.</param>
/// <param name="RollsBack">Then undo everything behind it, newest first, and drop open output and items of older generations.</param>
internal readonly record struct Adoption(long CommitThrough, bool RollsBack);
