using JiraWebhooks.OAuth;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.OAuth;

[Collection<Clocked>]
public sealed class GrantStatesTests
{
    private readonly OAuthHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GrantStates States => new(_harness.Store, _harness.Clock);

    [Fact]
    public async Task ReconnectRequiredSince_WorkingGrant_IsNull()
    {
        await _harness.GetAsync();

        Assert.Null(await States.ReconnectRequiredSinceAsync(_harness.Site, Token));
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task ReconnectRequiredSince_DeadGrant_TellsSinceWhen()
    {
        var since = _harness.Clock.GetUtcNow();
        _harness.Authority.RevokeGrant();
        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());
        _harness.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(since, await States.ReconnectRequiredSinceAsync(_harness.Site, Token));
    }

    [Fact]
    public async Task ReconnectRequiredSince_NotYetSeeded_IsNull() =>
        Assert.Null(await States.ReconnectRequiredSinceAsync(_harness.Site, Token));

    [Fact]
    public async Task ReconnectRequiredSince_NeverConnected_IsNow() =>
        Assert.Equal(_harness.Clock.GetUtcNow(), await States.ReconnectRequiredSinceAsync(_harness.Site with { RefreshToken = null }, Token));

    [Fact]
    public async Task ReconnectRequiredSince_SiteWithoutOAuth_ReadsNothing()
    {
        Assert.Null(await States.ReconnectRequiredSinceAsync(StubSites.Connect, Token));
        Assert.Equal(0, _harness.Store.Reads);
    }
}
