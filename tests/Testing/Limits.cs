namespace Testing;

/// <summary>Time limits of tests that wait for real work: a process, a request over a socket.</summary>
public static class Limits
{
    /// <summary>For <c>[Fact(Timeout = Limits.Hang)]</c>, in milliseconds: only what hangs takes this long, on however slow a machine.</summary>
    public const int Hang = 600_000;
}
