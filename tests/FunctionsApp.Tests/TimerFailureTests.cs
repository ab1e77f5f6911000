using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsApp.Tests;

/// <summary>The host records an invocation as failed only if it throws: a run that served no site must not look like a good one.</summary>
public sealed class TimerFailureTests
{
    [Fact]
    public async Task Timers_NoSiteCouldBeServed_Fail()
    {
        using var app = TestApp.Build(services => services.AddSingleton<ISiteStore, UnreadableSites>(), ("Publisher", "StorageQueue"));
        var token = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<TimerRunException>(() => ActivatorUtilities.CreateInstance<RefreshWebhooks>(app.Services).RunAsync(new(), token));
        await Assert.ThrowsAsync<TimerRunException>(() => ActivatorUtilities.CreateInstance<PollFailedWebhooks>(app.Services).RunAsync(new(), token));
    }

    private sealed class UnreadableSites : ISiteStore
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => new((Site?)null);

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) =>
            throw new SitesUnreadableException([], new TimeoutException("fault of the test"));
    }
}
