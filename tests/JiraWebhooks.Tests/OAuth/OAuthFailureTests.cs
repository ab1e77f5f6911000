using System.Text.Json;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>What ends a grant and what does not (docs/jira-behaviour.md#oauth-tokens).</summary>
[Collection<Clocked>]
public sealed class OAuthFailureTests
{
    private readonly OAuthHarness _harness = new();

    [Theory]
    [InlineData(403, "invalid_grant")]
    [InlineData(400, "invalid_grant")]
    [InlineData(403, "unauthorized_client")]
    [InlineData(400, "unauthorized_client")]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_Terminal_AsksToReconnectAndKeepsTheGrant(int status, string error)
    {
        _harness.Endpoint.AnswerAlways(status, $$"""{"error":"{{error}}","error_description":"Unknown or invalid refresh token."}""");

        var thrown = await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());

        Assert.Equal(OAuthHarness.Grant, thrown.Grant);
        Assert.Contains($"is no longer valid ({error})", (await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(_harness.Seed, _harness.Stored!.RefreshToken);
        Assert.Equal((DateTimeOffset?)_harness.Clock.GetUtcNow(), _harness.Stored.ReconnectRequiredSince);
        Assert.Equal(error, _harness.Stored.Reason);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_WhileMarked_ThrowsAtOnceWithoutNetwork_UntilTheGrantIsRenewed()
    {
        _harness.Authority.RevokeGrant();
        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());
        var since = _harness.Stored!.ReconnectRequiredSince;
        _harness.Clock.Advance(TimeSpan.FromHours(5));

        foreach (var instance in new[] { _harness.One, _harness.Two, _harness.Instance() })
        {
            await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync(instance));
        }

        Assert.Single(_harness.Endpoint.Requests);
        Assert.Equal(since, _harness.Stored.ReconnectRequiredSince);

        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = _harness.Authority.Consent() });
        Assert.True(_harness.Authority.Accepts(await _harness.GetAsync(_harness.One)));
        Assert.Null(_harness.Stored.ReconnectRequiredSince);
        Assert.True(_harness.Authority.Accepts(await _harness.GetAsync(_harness.Two)));
    }

    [Fact]
    public async Task GetAccessToken_MarkedWhileTheAccessTokenWouldLast_IsNotUsed()
    {
        var token = await _harness.GetAsync();
        _harness.Authority.RevokeGrant();
        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync(rejected: token));

        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());
        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync(_harness.Two));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_RefusedButTheStoreHoldsANewerRefreshToken_UsesThatOne()
    {
        var newer = _harness.Authority.Consent();
        _harness.Authority.RevokeGrant();
        newer = _harness.Authority.Consent();
        _harness.Endpoint.After = _ =>
        {
            if (_harness.Stored!.RefreshToken == _harness.Seed) _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = newer });
            return Task.CompletedTask;
        };

        var token = await _harness.GetAsync();

        Assert.True(_harness.Authority.Accepts(token));
        Assert.Null(_harness.Stored!.ReconnectRequiredSince);
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    /// <summary>Other processes write grants that are refused too: nothing is marked as dead that was not tried, and the search for one ends.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_EachRefusedGrantIsReplacedByAnother_IsTransientAfterFiveCalls()
    {
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = "refused-0" });
        _harness.Endpoint.Before = (_, _) =>
        {
            _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = $"refused-{_harness.Endpoint.Requests.Count}" });
            return Task.FromResult<HttpResponseMessage?>(TokenEndpoint.Json(403, """{"error":"invalid_grant"}"""));
        };

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _harness.GetAsync());

        Assert.Contains($"{OAuthHarness.Grant} keeps changing", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, _harness.Endpoint.Requests.Count);
        Assert.Equal(new OAuthGrant { RefreshToken = "refused-5" }, _harness.Stored);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_RefusedAndTheStoreCannotSayWhetherItHoldsANewer_IsTransient()
    {
        _harness.Authority.RevokeGrant();
        _harness.Store.BeforeWrite = _ => _harness.Stored is null ? Task.CompletedTask : throw new IOException("the store is away");

        await Assert.ThrowsAsync<IOException>(() => _harness.DriveAsync());
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(503, """{"error":"temporarily_unavailable"}""")]
    [InlineData(429, """{"error":"too_many_requests"}""")]
    [InlineData(401, """{"error":"access_denied","error_description":"Unauthorized"}""")]
    [InlineData(401, """{"error":"invalid_grant"}""")]
    [InlineData(500, """{"error":"invalid_grant"}""")]
    [InlineData(400, """{"error":"invalid_request"}""")]
    [InlineData(403, "<html>blocked by a firewall</html>")]
    [InlineData(403, """{"error":{"code":"invalid_grant"}}""")]
    [InlineData(403, """["invalid_grant"]""")]
    [InlineData(200, "<html>captive portal</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "null")]
    [InlineData(200, """{"refresh_token":"r","expires_in":3600}""")]
    [InlineData(200, """{"access_token":""}""")]
    [InlineData(300, """{"access_token":"a","refresh_token":"r"}""")]
    [InlineData(500, """{"access_token":"a","refresh_token":"r"}""")]
    [InlineData(302, "")]
    [InlineData(204, "")]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_AnythingElse_IsTransientAndLeavesTheGrant(int status, string body)
    {
        _harness.Endpoint.AnswerAlways(status, body);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => _harness.GetAsync());

        Assert.Equal(status, (int?)error.StatusCode);
        Assert.True(_harness.Stored is { IsDead: false, AccessToken: null });
        Assert.Equal(_harness.Seed, _harness.Stored.RefreshToken);
        _harness.Endpoint.Before = (_, _) => Task.FromResult<HttpResponseMessage?>(null);
        Assert.True(_harness.Authority.Accepts(await _harness.GetAsync()));
    }

    /// <summary>Atlassian refuses it, and the mark "dead" would stop the sites of that app too.</summary>
    [Fact]
    [Trait("Decision", "token-store")]
    public async Task GetAccessToken_GrantOfAnotherApp_IsNeitherUsedNorSentNorMarked()
    {
        var stored = new OAuthGrant
        {
            RefreshToken = _harness.Seed,
            ClientId = "another-app",
            AccessToken = "theirs",
            AccessTokenExpiresAt = _harness.Clock.GetUtcNow().AddHours(1),
        };
        _harness.Store.Put(OAuthHarness.Grant, stored);

        var error = await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());

        Assert.Contains("it belongs to another app", error.Message, StringComparison.Ordinal);
        Assert.Equal(stored, _harness.Stored);
        Assert.Empty(_harness.Endpoint.Requests);
    }

    /// <summary>As after an edit by hand. A rotation must not write over it, because it may be repaired.</summary>
    [Fact]
    [Trait("Decision", "token-store")]
    public async Task GetAccessToken_StoredTextIsNoGrant_AsksToConnectAndWritesNothing()
    {
        _harness.Store.Put(OAuthHarness.Grant, StoredGrantJson.Read("{"u8));

        var error = await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.GetAsync());

        Assert.Contains("its stored text cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _harness.Store.Writes);
        Assert.NotNull(await new GrantStates(_harness.Store, _harness.Clock).ReconnectRequiredSinceAsync(_harness.Site, TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_BrokenConnection_IsTransient()
    {
        _harness.Endpoint.Before = (_, _) => throw new HttpRequestException("connection refused");

        await Assert.ThrowsAsync<HttpRequestException>(() => _harness.GetAsync());

        Assert.Null(_harness.Stored!.ReconnectRequiredSince);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_NoAnswer_IsATimeOutAfterTenSeconds()
    {
        _harness.Endpoint.Before = async (_, cancellationToken) =>
        {
            await Hang.UntilCancelledAsync(cancellationToken);
            return null;
        };
        var before = _harness.Clock.GetUtcNow();

        await Assert.ThrowsAsync<TimeoutException>(() => _harness.DriveAsync());

        Assert.InRange(_harness.Clock.GetUtcNow() - before, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12));
        Assert.Null(_harness.Stored!.ReconnectRequiredSince);
    }

    [Fact]
    public async Task GetAccessToken_TransientWhileTheCurrentOneLasts_GivesTheCurrentOne()
    {
        var token = await _harness.GetAsync();
        _harness.Clock.Advance(TimeSpan.FromMinutes(56));
        _harness.Endpoint.AnswerAlways(503, "");

        Assert.Equal(token, await _harness.GetAsync());

        _harness.Clock.Advance(TimeSpan.FromMinutes(3.5));
        await Assert.ThrowsAsync<HttpRequestException>(() => _harness.GetAsync());
    }

    [Fact]
    public async Task GetAccessToken_TransientWhileTheCurrentOneWasRejected_Throws()
    {
        var token = await _harness.GetAsync();
        _harness.Endpoint.AnswerAlways(503, "");

        await Assert.ThrowsAsync<HttpRequestException>(() => _harness.GetAsync(rejected: token));
    }

    [Fact]
    public async Task GetAccessToken_LeaseTableAway_IsTransient()
    {
        var source = new OAuthTokenSource(_harness.Store, new BrokenLeases(), _harness.Client, _harness.Clock, _harness.Log);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => _harness.GetAsync(source));

        Assert.Empty(_harness.Endpoint.Requests);
    }

    /// <summary>Every way to fail, at every level of log: no token, code or secret comes out (docs/jira-behaviour.md#secrecy).</summary>
    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task GetAccessToken_Failing_NothingSecretInExceptionsAndLogs()
    {
        const string Leak = "leak-5f0c";
        var texts = new List<string>();
        string[] bodies =
        [
            $$"""{"error":"invalid_grant","error_description":"{{Leak}}"}""", $$"""{"error":"{{Leak}}"}""", $"{Leak}<html>", "{\"access_token\":{\"" + Leak + "\":1}}",
            $$"""{"{{Leak}}":""", JsonSerializer.Serialize(new { refresh_token = Leak, access_token = "" }),
        ];
        foreach (var status in new[] { 200, 400, 401, 403, 500 })
        {
            foreach (var body in bodies)
            {
                var harness = new OAuthHarness();
                harness.Endpoint.AnswerAlways(status, body);
                var error = await Assert.ThrowsAnyAsync<Exception>(() => harness.GetAsync());
                texts.AddRange([error.ToString(), .. harness.Log.Entries.Select(entry => entry.Text), harness.Store[OAuthHarness.Grant]!.ToString()]);
                Assert.All(texts, text => Assert.DoesNotContain(harness.Seed, text, StringComparison.Ordinal));
            }
        }

        Assert.All(texts, text => Assert.DoesNotContain(Leak, text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(OAuthHarness.ClientSecret, text, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task GetAccessToken_Working_NothingSecretInLogs()
    {
        var tokens = new List<string> { _harness.Seed };
        for (var number = 0; number < 3; number++)
        {
            tokens.Add(await _harness.GetAsync());
            tokens.Add(_harness.Stored!.RefreshToken);
            _harness.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.NotEmpty(_harness.Log.Entries);
        Assert.All(_harness.Log.Entries, entry => Assert.All(tokens, token => Assert.DoesNotContain(token, entry.Text, StringComparison.Ordinal)));
        Assert.All(tokens, token => Assert.DoesNotContain(token, $"{_harness.Store[OAuthHarness.Grant]} {_harness.Stored}", StringComparison.Ordinal));
    }

    private sealed class BrokenLeases : JiraWebhooks.Storage.ILeases
    {
        public Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken) =>
            throw new Azure.RequestFailedException(503, "away");
    }
}
