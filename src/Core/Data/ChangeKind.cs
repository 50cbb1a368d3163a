namespace Millrace.Data;

/// <summary>What a row says about the table that it describes.</summary>
public enum ChangeKind : byte
{
    /// <summary>The row is new; the only kind on an append stream.</summary>
    Insert = 0,

    /// <summary>The row's former value, retracted; followed by its <see cref="UpdateAfter"/>.</summary>
    UpdateBefore = 1,

    /// <summary>The row's new value.</summary>
    UpdateAfter = 2,

    /// <summary>The row is gone.</summary>
    Delete = 3,
}
