namespace Millrace.Testing.Tests.Models;

/// <summary>One run of a form.</summary>
internal sealed record Case(Setting Setting, ((int Key, int Value)[] Left, (int Key, int Value)[] Right)[] Batches, Faults[] Faults)
{
    public override string ToString() =>
        $"{Setting}, batches {string.Join(" | ", Batches.Zip(Faults, (batch, faults) => $"({faults}) {string.Join(' ', batch.Left)} ~ {string.Join(' ', batch.Right)}"))}";
}
