using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
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

    [Theory]
    [InlineData("another-app", true)]
    [InlineData(null, false)]
    public async Task ReconnectRequiredSince_GrantOfAnotherApp_IsNow(string? owner, bool expected)
    {
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = "t", ClientId = owner });

        Assert.Equal(expected, await States.ReconnectRequiredSinceAsync(_harness.Site, Token) is not null);
    }

    [Fact]
    public async Task ReconnectRequiredLately_WorkingGrant_IsReadAgainAfterFiveMinutes()
    {
        await _harness.GetAsync();
        var (states, before) = (States, _harness.Store.Reads);

        for (var minute = 0; minute < 10; minute++)
        {
            Assert.Null(await states.ReconnectRequiredLatelyAsync(_harness.Site, Token));
            _harness.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(before + 2, _harness.Store.Reads);
    }

    [Fact]
    public async Task ReconnectRequiredLately_DeadGrant_IsReadEachTimeSoThatAConsentShowsAtOnce()
    {
        var (states, site) = (States, _harness.Site with { RefreshToken = null });
        Assert.NotNull(await states.ReconnectRequiredLatelyAsync(site, Token));
        Assert.NotNull(await states.ReconnectRequiredLatelyAsync(site, Token));
        Assert.Equal(2, _harness.Store.Reads);

        _harness.Store.Put(GrantName.Of(site), new OAuthGrant { RefreshToken = "of-a-new-consent" });

        Assert.Null(await states.ReconnectRequiredLatelyAsync(site, Token));
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task GrantReads_SitesOfTwoGrants_ReadsEachGrantOnceAndKeepsThemApart()
    {
        var dead = _harness.Clock.GetUtcNow().AddHours(-1);
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = "r", ReconnectRequiredSince = dead });
        _harness.Store.Put("globex", new OAuthGrant { RefreshToken = "r" });
        var reads = new GrantReads(States);

        Assert.Equal(dead, await reads.ReconnectRequiredSinceAsync(_harness.Site, Token));
        Assert.Equal(dead, await reads.ReconnectRequiredSinceAsync(_harness.Site with { Id = "another" }, Token));
        Assert.Null(await reads.ReconnectRequiredSinceAsync(_harness.Site with { Id = "globex", Grant = "globex" }, Token));
        Assert.Equal(2, _harness.Store.Reads);
    }

    /// <summary>The first is connected when its grant is stored; the second shares its name, and has no token to begin with.</summary>
    [Fact]
    public async Task GrantReads_SitesOfAGrantThatIsNotStored_OnlyTheOneWithATokenIsConnected()
    {
        var reads = new GrantReads(States);

        Assert.Null(await reads.ReconnectRequiredSinceAsync(_harness.Site, Token));
        Assert.Equal(_harness.Clock.GetUtcNow(), await reads.ReconnectRequiredSinceAsync(_harness.Site with { RefreshToken = null }, Token));
    }

    [Fact]
    public async Task ReconnectRequiredSince_SiteWithoutOAuth_ReadsNothing()
    {
        Assert.Null(await States.ReconnectRequiredSinceAsync(StubSites.Connect, Token));
        Assert.Equal(0, _harness.Store.Reads);
    }
}
