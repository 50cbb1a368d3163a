namespace Millrace.Chaos;

/// <summary>The directory of a run.</summary>
internal sealed record ChaosFiles(string Root)
{
    /// <summary>The log of orders, two partitions.</summary>
    public string Orders => Path.Combine(Root, "orders");

    /// <summary>The log of payments, one partition.</summary>
    public string Payments => Path.Combine(Root, "payments");

    /// <summary>What the file sink writes.</summary>
    public string Lines => Path.Combine(Root, "lines");

    /// <summary>The SQL sink's database, where it is SQLite.</summary>
    public string Database => Path.Combine(Root, "sink.db");
}
