using LocalHost.Simulation;

namespace Testing;

/// <summary>The collection of the test classes that drive a clock: <c>[Collection&lt;Clocked&gt;]</c>. It runs beside no other, because a
/// <see cref="SimulatedClock"/> moves only while nothing in the process runs. Compiled into each test project: xUnit looks for a definition
/// in the project of the test.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Clocked
{
    /// <summary>A clock for a test class of this collection.</summary>
    internal static SimulatedClock NewClock(DateTimeOffset? start = null) => TestContext.Current.TestCollection is Xunit.v3.IXunitTestCollection { DisableParallelization: true }
        ? new(start ?? DateTimeOffset.FromUnixTimeSeconds(1_700_000_000))
        : throw new InvalidOperationException("The clock of this test is driven, so its class needs the attribute [Collection<Clocked>].");
}
