namespace Millrace.Testing.Tests.Models;

/// <summary>What goes wrong in a batch.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>The program is started again before it.</summary>
    Restart = 1,

    /// <summary>A task fails at a record.</summary>
    Record = 2,

    /// <summary>A task fails at the end of the batch.</summary>
    End = 4,

    /// <summary>The operation fails at a record.</summary>
    RecordOfForm = 8,

    /// <summary>The operation fails at the end of the batch.</summary>
    EndOfForm = 16,

    /// <summary>A function before the operation throws once.</summary>
    FunctionBefore = 32,

    /// <summary>A function behind the operation throws once.</summary>
    FunctionBehind = 64,

    /// <summary>A function of the operation throws once, if it has one.</summary>
    FunctionInside = 128,
}
