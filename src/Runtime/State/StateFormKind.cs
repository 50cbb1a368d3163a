namespace Millrace.Runtime.State;

/// <summary>How keys and values of state are given to whoever asks.</summary>
internal enum StateFormKind : byte
{
    /// <summary>As text: to whoever has no program.</summary>
    Text = 0,

    /// <summary>As bytes, with their schemas: to another process that runs the same program.</summary>
    Encoded = 1,

    /// <summary>As they are: within a process.</summary>
    Objects = 2,
}
