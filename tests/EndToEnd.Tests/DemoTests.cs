using System.Text.Json;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

public sealed class DemoTests(AzuriteFixture azurite)
{
    [Fact(Timeout = Limits.Hang)]
    public async Task Demo_FiveWeeksWithAFailingReceiver_LosesNothing()
    {
        await azurite.NewAccountAsync();

        await using var demo = await LocalHostProcess.EndedAsync(["--demo", "300"], new Dictionary<string, string?>(), TestContext.Current.CancellationToken);

        Assert.True(demo.Process.ExitCode == 0, string.Join('\n', demo.Errors));
        using var balance = JsonDocument.Parse(demo.Output.Last());
        int Number(string name) => balance.RootElement.GetProperty(name).GetInt32();
        Assert.Equal(300, Number("emitted"));
        Assert.Equal(0, Number("lost"));
        Assert.Equal(300, Number("delivered") + Number("recovered"));
        Assert.True(Number("recovered") > 0 && Number("duplicates") > 0 && Number("refreshed") > 100, demo.Output.Last());
        Assert.Equal(["emitted", "delivered", "recovered", "duplicates", "lost", "refreshed", "seconds"], balance.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("0")]
    [InlineData("100001")]
    public async Task Demo_NumberThatCannotBe_IsTold(string events)
    {
        await using var demo = await LocalHostProcess.EndedAsync(["--demo", events], new Dictionary<string, string?>(), TestContext.Current.CancellationToken);

        Assert.Equal(1, demo.Process.ExitCode);
        Assert.StartsWith("--demo must be a number", Assert.Single(demo.Errors, line => line.Length > 0), StringComparison.Ordinal);
    }
}
