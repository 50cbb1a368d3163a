using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Simulation;

/// <summary>Messages and rows as the trace shows them: a record's own text gives a list by the name of its type, this gives the elements.</summary>
internal static class SimText
{
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable list => ListOf(list),
        _ when IsRecord(value.GetType()) => RecordOf(value),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // An ImmutableArray that was never made can't be walked.
    private static string ListOf(IEnumerable list) =>
        list.GetType().GetProperty("IsDefault")?.GetValue(list) is true ? "[]" : $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]";

    // A record that says itself how it looks keeps that.
    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null
        && type.GetMethod(nameof(ToString), Type.EmptyTypes)?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) == true;

    private static string RecordOf(object record)
    {
        var members = record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(member => member.GetIndexParameters().Length == 0)
            .Select(member => $"{member.Name} = {Of(member.GetValue(record))}")
            .ToArray();
        return members.Length == 0 ? $"{record.GetType().Name} {{ }}" : $"{record.GetType().Name} {{ {string.Join(", ", members)} }}";
    }
}
