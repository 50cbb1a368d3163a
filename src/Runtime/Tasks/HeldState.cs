using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>What the tasks that one process holds answer to a query of state.</summary>
/// <param name="Process">It.</param>
/// <param name="Attempt">Who holds what: answers of one attempt whose tasks are all of them leave none out, and none is of a task that is lost.</param>
/// <param name="Held">How many tasks it holds.</param>
/// <param name="Tasks">How many the job has.</param>
/// <param name="Answer">Null where none of its tasks was to be asked.</param>
internal sealed record HeldState(ProcessUid Process, int Attempt, int Held, int Tasks, StateAnswer? Answer);
