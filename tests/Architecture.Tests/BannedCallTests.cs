using Mono.Cecil;

namespace Millrace.Architecture;

/// <summary>What an actor's or an operator's thread must not do, read from the compiled code, so that no suppressed warning hides it.</summary>
public sealed class BannedCallTests
{
    private static readonly HashSet<string> Banned = new(StringComparer.Ordinal)
    {
        "System.DateTime::get_Now",
        "System.DateTime::get_UtcNow",
        "System.DateTime::get_Today",
        "System.DateTimeOffset::get_Now",
        "System.DateTimeOffset::get_UtcNow",
        "System.Threading.Thread::Sleep",
        "System.Threading.Tasks.Task::Wait",
        "System.Threading.Tasks.Task::WaitAll",
        "System.Threading.Tasks.Task::WaitAny",
        "System.Threading.Tasks.Task`1::get_Result",
        "System.Threading.Tasks.ValueTask`1::get_Result",
        "Akka.Actor.Futures::Ask",
    };

    [Theory]
    [InlineData("Core")]
    [InlineData("Operators")]
    [InlineData("Runtime")]
    public void Nothing_waits_asks_or_reads_the_wall_clock(string project)
    {
        using var module = ModuleDefinition.ReadModule(Repository.AssemblyOf(project).Location);

        Assert.Empty(Calls(module).Where(call => Banned.Contains(call.Callee) || IsBlockingAwait(call)).Select(call => $"{call.Caller} calls {call.Callee}"));
    }

    [Fact]
    public void The_scan_finds_such_a_call()
    {
        using var module = ModuleDefinition.ReadModule(typeof(BannedCallTests).Assembly.Location);

        var found = Calls(module).Where(call => call.Caller.Contains(nameof(Culprit), StringComparison.Ordinal)).ToArray();

        Assert.Contains(found, call => Banned.Contains(call.Callee) && call.Callee == "System.Threading.Tasks.Task`1::get_Result");
        Assert.Contains(found, call => Banned.Contains(call.Callee) && call.Callee == "System.DateTime::get_UtcNow");
        Assert.Contains(found, IsBlockingAwait);
    }

    private static IEnumerable<(string Caller, string Callee)> Calls(ModuleDefinition module) =>
        from type in module.GetTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        let callee = instruction.Operand as MethodReference
        where callee is not null
        select ($"{type.FullName}::{method.Name}", $"{callee.DeclaringType.GetElementType().FullName}::{callee.Name}");

    /// <summary>GetAwaiter().GetResult(); where the compiler waits itself, it stands in the MoveNext of an async method.</summary>
    private static bool IsBlockingAwait((string Caller, string Callee) call) =>
        call.Callee.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal)
        && call.Callee.Contains("TaskAwaiter", StringComparison.Ordinal)
        && call.Callee.EndsWith("::GetResult", StringComparison.Ordinal)
        && !call.Caller.EndsWith("::MoveNext", StringComparison.Ordinal);

    private static class Culprit
    {
        // Never run: the scan looks at it.
        public static Func<long> Late { get; } = () => Task.FromResult(1).Result + DateTime.UtcNow.Ticks + Task.FromResult(1).GetAwaiter().GetResult();
    }
}
