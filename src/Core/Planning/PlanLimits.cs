namespace Millrace.Planning;

/// <summary>How large a job may be.</summary>
public static class PlanLimits
{
    /// <summary>Most partitions of an operator or source.</summary>
    public static int ParallelismMax => 32_768;

    /// <summary>Most key groups of a job.</summary>
    public static int KeyGroupsMax => 32_768;

    /// <summary>Most channels of a job: an exchange has one from each sender to each receiver.</summary>
    public static int ChannelsMax => 1_000_000;
}
