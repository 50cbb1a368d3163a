using Millrace.Client;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <summary>The dead letters of the tasks that one process holds.</summary>
/// <param name="Process">It.</param>
/// <param name="Attempt">Who holds what: answers of one attempt whose tasks are all of them leave none out, and name none twice.</param>
/// <param name="Held">How many tasks it holds.</param>
/// <param name="Tasks">How many the job has.</param>
/// <param name="Letters">Their letters.</param>
internal sealed record HeldLetters(ProcessUid Process, int Attempt, int Held, int Tasks, IReadOnlyList<DeadLetter> Letters);
