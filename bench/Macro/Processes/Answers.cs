using System.Text.Json;

namespace Millrace.Bench.Macro.Processes;

/// <summary>A child's answers: one line of JSON each, on what was its standard output.</summary>
internal sealed class Answers
{
    private readonly TextWriter _output;

    private Answers(TextWriter output) => _output = output;

    /// <summary>Takes the standard output over: whatever an engine prints must not get into the answers.</summary>
    public static Answers Begin()
    {
        var output = Console.Out;
        Console.SetOut(Console.Error);
        return new Answers(output);
    }

    public void Write<TMessage>(TMessage message)
    {
        _output.WriteLine(JsonSerializer.Serialize(message));
        _output.Flush();
    }
}
