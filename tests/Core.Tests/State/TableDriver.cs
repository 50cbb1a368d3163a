using System.Collections.Immutable;
using Millrace.State;

namespace Millrace.Core.Tests.State;

/// <summary>Carries out random changes on a table and, independently, on a naive model of it: names to values.</summary>
internal abstract class TableDriver
{
    internal const int Kinds = 8;

    private const int PageSize = 3;

    internal abstract StateTable Create();

    internal abstract ImmutableSortedDictionary<string, string> Change(StateTable table, ImmutableSortedDictionary<string, string> model, Step step);

    internal abstract ImmutableSortedDictionary<string, string> Read(StateTable table);

    /// <summary>What readers are shown as of the end of an epoch; null: nothing.</summary>
    internal virtual ImmutableSortedDictionary<string, string>? Shown(StateTable table, long epoch) => null;

    /// <summary>The same page by page, each entry once, counted, and found by its key.</summary>
    protected static ImmutableSortedDictionary<string, string> Shown<TKey, TValue>(StateTable table, long epoch, Func<TKey, string> nameOf, Func<TValue, string> textOf)
    {
        var view = Assert.IsAssignableFrom<TableView<TKey, TValue>>(table.View);
        var shown = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (uint? from = 0; from is { } position;)
        {
            var page = new List<(uint Position, TKey Key, TValue Value)>();
            from = view.Read(epoch, position, PageSize, page);
            Assert.Equal(page.Select(entry => entry.Position).Order(), page.Select(entry => entry.Position));
            Assert.True(from is null || page.TakeWhile(entry => entry.Position < page[^1].Position).Count() < PageSize, $"{page.Count} entries on a page");
            foreach (var (at, key, value) in page)
            {
                Assert.InRange(at, position, (from ?? uint.MaxValue) - 1);
                Assert.True(view.TryGet(key, epoch, out var found));
                Assert.Equal(textOf(value), textOf(found));
                shown.Add(nameOf(key), textOf(value));
            }
        }

        Assert.Equal(shown.Count, view.Count(epoch));
        return shown.ToImmutable();
    }
}
