namespace FunctionsApp.Tests.WorkerHost;

/// <summary>Tests with a process of their own: one after the other, and beside no other test. Their limit is one that only a hang reaches.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
    public const int Limit = 600_000;
}
