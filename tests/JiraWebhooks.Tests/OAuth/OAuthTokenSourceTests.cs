using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>When a token is taken from memory, from the store and from Atlassian (docs/jira-behaviour.md#oauth-tokens).</summary>
[Collection<Clocked>]
public sealed class OAuthTokenSourceTests
{
    private readonly OAuthHarness _harness = new();

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task GetAccessToken_EmptyStore_SeedsItFromTheSettingsAndRefreshes()
    {
        var token = await _harness.GetAsync();

        Assert.True(_harness.Authority.Accepts(token));
        Assert.Equal(token, _harness.Stored!.AccessToken);
        Assert.NotEqual(_harness.Seed, _harness.Stored.RefreshToken);
        Assert.Contains(_harness.Seed, Assert.Single(_harness.Endpoint.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task GetAccessToken_StoreHoldsAGrant_SettingsSeedIsIgnored()
    {
        var other = _harness.Authority.Consent();
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = other });

        await _harness.GetAsync();

        Assert.Contains($"\"{other}\"", Assert.Single(_harness.Endpoint.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAccessToken_NoGrantAnywhere_AsksToConnectWithoutNetwork()
    {
        var error = await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync(site: _harness.Site with { RefreshToken = null }));

        Assert.Equal(OAuthHarness.Grant, error.Grant);
        Assert.Contains("is missing or no longer valid: connect the site again", error.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_CallerHasGivenUp_StartsNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _harness.One.GetAccessTokenAsync(_harness.Site, null, new CancellationToken(canceled: true)).AsTask());

        Assert.Equal(0, _harness.Store.Reads);
        Assert.Empty(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_StoreTakesNoWrites_CostsNoToken()
    {
        _harness.Store.BeforeWrite = _ => throw new UnauthorizedAccessException("read-only");

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _harness.GetAsync());

        Assert.Empty(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_TokenStillLasts_ComesFromMemoryAndIsComparedWithTheStoreInTwentySeconds()
    {
        var token = await _harness.GetAsync();
        var reads = _harness.Store.Reads;
        for (var second = 0; second < 60; second++)
        {
            Assert.Equal(token, await _harness.GetAsync());
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        _harness.Clock.Advance(TimeSpan.FromMinutes(53));

        Assert.Equal(token, await _harness.GetAsync());
        Assert.Equal(reads + 3, _harness.Store.Reads);
        Assert.Single(_harness.Endpoint.Requests);
    }

    /// <summary>Webhooks belong to the person who consented: with the token of the one before, they would be registered for that one again.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_NewConsentInTheStore_IsUsedInTwentySecondsAlthoughTheOldOneLasts()
    {
        var before = await _harness.GetAsync();
        var expiresAt = _harness.Clock.GetUtcNow().AddHours(1);
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = "of-another-person", AccessToken = "theirs", AccessTokenExpiresAt = expiresAt });
        Assert.Equal(before, await _harness.GetAsync());

        _harness.Clock.Advance(OAuthTokenSource.BelievedFor);

        Assert.Equal("theirs", await _harness.GetAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAccessToken_StoreAwayWhileTheTokenLasts_IsUsedAndTheNextCallsDoNotWait(bool hangs)
    {
        var token = await _harness.GetAsync();
        var asked = 0;
        _harness.Store.BeforeRead = cancellationToken =>
        {
            asked++;
            return hangs ? Hang.UntilCancelledAsync(cancellationToken) : throw new IOException("the store is away");
        };
        _harness.Clock.Advance(OAuthTokenSource.BelievedFor);
        var began = _harness.Clock.GetUtcNow();

        for (var call = 0; call < 5; call++) Assert.Equal(token, await _harness.DriveAsync());

        Assert.Equal(1, asked);
        Assert.InRange(_harness.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_FiveMinutesBeforeItEnds_IsRefreshed()
    {
        var token = await _harness.GetAsync();
        _harness.Clock.Advance(TimeSpan.FromMinutes(55));

        var next = await _harness.GetAsync();

        Assert.NotEqual(token, next);
        Assert.True(_harness.Authority.Accepts(next));
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_OtherInstanceRefreshed_TakesItsTokenFromTheStore()
    {
        var token = await _harness.GetAsync(_harness.One);

        Assert.Equal(token, await _harness.GetAsync(_harness.Two));
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_Rejected_IsRefreshed()
    {
        var token = await _harness.GetAsync();

        var next = await _harness.GetAsync(rejected: token);

        Assert.NotEqual(token, next);
        Assert.Equal(next, await _harness.GetAsync());
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_RejectedAndStoreHoldsANewerOne_AdoptsItWithoutNetwork()
    {
        var old = await _harness.GetAsync(_harness.One);
        await _harness.GetAsync(_harness.Two);
        var newer = await _harness.GetAsync(_harness.Two, rejected: old);

        Assert.Equal(newer, await _harness.GetAsync(_harness.One, rejected: old));
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_AnswerWithoutRefreshToken_KeepsTheOld()
    {
        _harness.Authority.KeepsRefreshToken = true;

        var token = await _harness.GetAsync();

        Assert.Equal(_harness.Seed, _harness.Stored!.RefreshToken);
        Assert.Equal(token, _harness.Stored.AccessToken);
    }

    [Fact]
    public async Task GetAccessToken_TwoSitesOnOneGrant_ShareOneRefresh()
    {
        var token = await _harness.GetAsync();

        Assert.Equal(token, await _harness.GetAsync(site: _harness.Site with { Id = "globex" }));
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_TwoGrants_AreApart()
    {
        var other = _harness.Site with { Id = "globex", Grant = "globex", RefreshToken = SiteSecret.From(_harness.Authority.Consent()) };

        Assert.NotEqual(await _harness.GetAsync(), await _harness.GetAsync(site: other));
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    [Fact]
    public async Task GetAccessToken_TokenShorterLivedThanTheMargin_IsGivenAllTheSame()
    {
        _harness.Authority.Lifetime = TimeSpan.FromSeconds(90);

        Assert.True(_harness.Authority.Accepts(await _harness.GetAsync()));
        Assert.True(_harness.Authority.Accepts(await _harness.GetAsync()));
    }
}
