namespace Millrace.Data;

/// <summary>Name of a job, unique within its host; also the prefix of its journal streams.</summary>
public readonly record struct JobId(string Name)
{
    public override string ToString() => Name;
}
