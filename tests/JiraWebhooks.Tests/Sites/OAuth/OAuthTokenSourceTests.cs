using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Sites.OAuth;

public sealed class OAuthTokenSourceTests
{
    private readonly OAuthHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_GoodToken_IsUsedUntilShortlyBeforeItsEnd_Rule28()
    {
        _harness.Connect();
        var source = _harness.NewInstance();

        var first = await source.GetAccessTokenAsync(_harness.Site, null, Token);
        _harness.Clock.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal(first, await source.GetAccessTokenAsync(_harness.Site, null, Token));
        _harness.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEqual(first, await source.GetAccessTokenAsync(_harness.Site, null, Token));

        Assert.Equal(2, _harness.Server.Bodies.Count);
    }

    [Fact]
    public async Task Get_SettingsHoldARefreshToken_OnlySeedsAnEmptyStore_Decision12()
    {
        _harness.Site = _harness.Site with { RefreshToken = SiteSecret.From(_harness.Server.NewGrant()) };
        await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token);
        var rotated = _harness.Store["acme"].RefreshToken;
        _harness.Clock.Advance(TimeSpan.FromDays(1));

        await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token);

        Assert.Contains(rotated, _harness.Server.Bodies[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NeverConnected_AsksForConnection_Rule28()
    {
        await Assert.ThrowsAsync<ReconnectRequiredException>(async () => await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token));

        Assert.Empty(_harness.Server.Bodies);
        Assert.NotNull(await _harness.NewInstance().ReconnectRequiredSinceAsync(_harness.Site, Token));
    }

    [Fact]
    public async Task Get_ManyCallsAtOnce_RefreshOnce_Rule28()
    {
        _harness.Connect();
        var source = _harness.NewInstance();
        _harness.Server.At = async _ => await Task.Yield();

        var tokens = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => source.GetAccessTokenAsync(_harness.Site, null, Token).AsTask()));

        Assert.Single(tokens.Distinct());
        Assert.Single(_harness.Server.Bodies);
    }

    [Fact]
    public async Task Get_TwoInstances_SecondTakesOverTheFirstsToken_Rule28()
    {
        _harness.Connect();
        var first = await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token);

        Assert.Equal(first, await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token));
        Assert.Single(_harness.Server.Bodies);
    }

    [Fact]
    public async Task Get_AfterARejection_GivesAnotherToken_Rule28()
    {
        _harness.Connect();
        var source = _harness.NewInstance();
        var rejected = await source.GetAccessTokenAsync(_harness.Site, null, Token);

        var next = await source.GetAccessTokenAsync(_harness.Site, rejected, Token);

        Assert.NotEqual(rejected, next);
        Assert.Equal(next, await source.GetAccessTokenAsync(_harness.Site, rejected, Token));
        Assert.Equal(2, _harness.Server.Bodies.Count);
    }

    [Fact]
    public async Task Get_AnswerWithoutARefreshToken_KeepsTheOld_Rule28()
    {
        _harness.Connect();
        _harness.Server.KeepsRefreshToken = true;
        var old = _harness.Store["acme"].RefreshToken;

        await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token);

        Assert.Equal(old, _harness.Store["acme"].RefreshToken);
    }

    [Theory]
    [InlineData(403, """{"error":"invalid_grant"}""")]
    [InlineData(400, """{"error":"invalid_grant"}""")]
    [InlineData(401, """{"error":"unauthorized_client"}""")]
    public async Task Get_GrantIsDead_IsMarkedKeptAndNotAskedAgain_Rule28(int status, string body)
    {
        _harness.Connect();
        _harness.Server.Instead = (status, body);
        var source = _harness.NewInstance();
        var kept = _harness.Store["acme"].RefreshToken;

        for (var time = 0; time < 2; time++)
        {
            var error = await Assert.ThrowsAsync<ReconnectRequiredException>(async () => await source.GetAccessTokenAsync(_harness.Site, null, Token));
            Assert.DoesNotContain("refresh-", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Single(_harness.Server.Bodies);
        Assert.Equal(kept, _harness.Store["acme"].RefreshToken);
        Assert.Equal(_harness.Clock.GetUtcNow(), await source.ReconnectRequiredSinceAsync(_harness.Site, Token));
    }

    [Fact]
    public async Task Get_ConnectedAgain_Works_Rule28()
    {
        _harness.Connect();
        _harness.Server.Revoke(_harness.Store["acme"].RefreshToken);
        var source = _harness.NewInstance();
        await Assert.ThrowsAsync<ReconnectRequiredException>(async () => await source.GetAccessTokenAsync(_harness.Site, null, Token));

        _harness.Connect();

        Assert.StartsWith("access-", await source.GetAccessTokenAsync(_harness.Site, null, Token), StringComparison.Ordinal);
        Assert.Null(await source.ReconnectRequiredSinceAsync(_harness.Site, Token));
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(429, """{"error":"too_many_requests"}""")]
    [InlineData(401, """{"error":"access_denied"}""")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{}")]
    public async Task Get_AnythingElse_IsTransient_Rule28(int status, string body)
    {
        _harness.Connect();
        _harness.Server.Instead = (status, body);
        var source = _harness.NewInstance();
        await Assert.ThrowsAsync<HttpRequestException>(async () => await source.GetAccessTokenAsync(_harness.Site, null, Token));

        _harness.Server.Instead = null;

        Assert.StartsWith("access-", await source.GetAccessTokenAsync(_harness.Site, null, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_LostTheRaceForTheRefreshToken_TakesTheWinners_Rule28()
    {
        _harness.Connect();
        _harness.Server.At = when =>
        {
            // Another instance has rotated and stored while this one was on its way, long ago for the server.
            if (when == "before") _harness.Store.Put("acme", new OAuthGrant { RefreshToken = "of-the-winner", AccessToken = "access-winner", AccessTokenExpiresAt = _harness.Clock.GetUtcNow().AddHours(1) });
            return Task.CompletedTask;
        };
        _harness.Server.Instead = (403, """{"error":"invalid_grant"}""");

        Assert.Equal("access-winner", await _harness.NewInstance().GetAccessTokenAsync(_harness.Site, null, Token));
        Assert.Null(_harness.Store["acme"].ReconnectRequiredSince);
    }

    [Fact]
    public async Task Get_StoreFailsAfterTheRotation_SavesAtTheNextCall_Rule28()
    {
        _harness.Connect();
        var source = _harness.NewInstance();
        _harness.Store.At = when => when == "before write" ? throw new TimeoutException("storage is away") : Task.CompletedTask;

        var first = await source.GetAccessTokenAsync(_harness.Site, null, Token);
        _harness.Store.At = _ => Task.CompletedTask;
        _harness.Clock.Advance(TimeSpan.FromHours(2));
        await source.GetAccessTokenAsync(_harness.Site, null, Token);

        Assert.StartsWith("access-", first, StringComparison.Ordinal);
        Assert.Null(_harness.Store["acme"].ReconnectRequiredSince);
    }

    [Fact]
    public void ToString_OfAGrant_HoldsNoToken_Rule30()
    {
        var grant = new OAuthGrant { RefreshToken = "refresh-1", AccessToken = "access-1", AccessTokenExpiresAt = _harness.Clock.GetUtcNow() };

        Assert.DoesNotContain("-1", grant.ToString()[..12], StringComparison.Ordinal);
        Assert.DoesNotContain("refresh-1", $"{new StoredGrant(grant, "v")}", StringComparison.Ordinal);
        Assert.DoesNotContain("access-1", $"{new StoredGrant(grant, "v")}", StringComparison.Ordinal);
    }
}
