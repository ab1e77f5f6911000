using JiraWebhooks.Health;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Health;

/// <summary>A site that cannot work stops no start, so the start says so.</summary>
[Collection<Clocked>]
public sealed class SiteProblemsTests
{
    private readonly FakeLogger<SiteProblems> _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Start_WithASiteThatCannotWork_IsAnErrorThatNamesIt()
    {
        await StartAsync(() => new([StubSites.OAuth, StubSites.Admin with { Problem = "Secret is missing." }]));

        var entry = Assert.Single(_logs.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.StartsWith($"Site {StubSites.Admin.Id} cannot work, and its deliveries are answered 503: Secret is missing.", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StoreThrows_FailsNothing()
    {
        await StartAsync(() => throw new InvalidOperationException("boom"));

        Assert.DoesNotContain(_logs.Entries, entry => entry.Level > LogLevel.Information);
    }

    [Fact]
    public async Task AddJiraWebhooks_ForBothHosts_TellsThem()
    {
        await using var world = await World.StartAsync();

        Assert.Single(world.NewInstance().GetServices<IHostedService>().OfType<SiteProblems>());
    }

    private async Task StartAsync(Func<ValueTask<IReadOnlyList<Site>>> list)
    {
        using var problems = new SiteProblems(new Listing(list), _logs);
        await problems.StartAsync(Token);
        await problems.ExecuteTask!.WaitAsync(Token);
        await problems.StopAsync(Token);
    }

    private sealed class Listing(Func<ValueTask<IReadOnlyList<Site>>> list) : ISiteStore
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => list();
    }
}
