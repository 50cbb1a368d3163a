using System.Collections.Immutable;
using Millrace.State;

namespace Millrace.Core.Tests.State;

/// <summary>Carries out random changes on a table and, independently, on a naive model of it: names to values.</summary>
internal abstract class TableDriver
{
    internal const int Kinds = 8;

    internal abstract StateTable Create();

    internal abstract ImmutableSortedDictionary<string, string> Change(StateTable table, ImmutableSortedDictionary<string, string> model, Step step);

    internal abstract ImmutableSortedDictionary<string, string> Read(StateTable table);
}
