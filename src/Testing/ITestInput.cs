namespace Millrace.Testing;

/// <summary>An input as the script sees it.</summary>
internal interface ITestInput
{
    string Name { get; }

    /// <summary>Rows that no batch has taken yet.</summary>
    int RowsLeft { get; }

    /// <summary>The next batch is about to run: it takes what was added for it.</summary>
    void Seal();
}
