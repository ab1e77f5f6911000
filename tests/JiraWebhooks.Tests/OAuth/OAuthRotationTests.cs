using JiraWebhooks.OAuth;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>One refresh at a time, in the process and over processes, and no new token lost on the way to the store
/// (docs/jira-behaviour.md#oauth-tokens, docs/architecture.md#token-store).</summary>
[Collection<Clocked>]
public sealed class OAuthRotationTests
{
    private readonly OAuthHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_FiftyCallersAtOnce_OneRefresh()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Endpoint.After = cancellationToken => answer.Task.WaitAsync(cancellationToken);

        var calls = Enumerable.Range(0, 50).Select(_ => Task.Run(() => _harness.GetAsync(), Token)).ToArray();
        await _harness.Clock.RestAsync();
        answer.SetResult();

        Assert.Single((await Task.WhenAll(calls)).Distinct());
        Assert.Single(_harness.Endpoint.Requests);

        // Before the lease, before and after the token of the settings is stored, and before it is exchanged: one flight, and no other after it.
        Assert.Equal(4, _harness.Store.Reads);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_CallersWithDifferentRejectedTokens_NoneGetsItsOwnBack()
    {
        var first = await _harness.GetAsync();
        var second = await _harness.GetAsync(rejected: first);

        var tokens = await Task.WhenAll(_harness.GetAsync(rejected: first), _harness.GetAsync(rejected: second), _harness.GetAsync());

        Assert.NotEqual(first, tokens[0]);
        Assert.NotEqual(second, tokens[1]);
        Assert.Equal(3, _harness.Endpoint.Requests.Count);
    }

    /// <summary>The caller joins a search that was begun before Jira rejected the token, and that finds the same token.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_JoinedSearchFindsTheRejectedToken_IsRefreshedAfterIt()
    {
        var rejected = await _harness.GetAsync(_harness.One);
        var reading = new TaskCompletionSource();
        _harness.Store.BeforeRead = _ => reading.Task;

        var first = _harness.GetAsync(_harness.Two);
        var second = _harness.GetAsync(_harness.Two, rejected);
        reading.SetResult();

        Assert.Equal(rejected, await first);
        Assert.NotEqual(rejected, await second);
        Assert.Equal(2, _harness.Endpoint.Requests.Count);
    }

    [Fact]
    public async Task GetAccessToken_CallerGivesUpMidway_GrantIsSavedAllTheSame()
    {
        using var caller = new CancellationTokenSource();
        var answer = new TaskCompletionSource();
        _harness.Endpoint.After = _ => answer.Task;

        var call = _harness.One.GetAccessTokenAsync(_harness.Site, null, caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        answer.SetResult();

        Assert.Equal(_harness.Stored!.AccessToken, await _harness.GetAsync());
        Assert.NotNull(_harness.Stored.AccessToken);
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_AnotherProcessRefreshes_WaitsAndUsesItsTokens()
    {
        var held = _harness.Leases.TryAcquire("token", OAuthHarness.Grant, TimeSpan.FromSeconds(30))!;
        var call = _harness.GetAsync();
        _harness.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.False(call.IsCompleted);

        var (access, refresh) = _harness.Authority.Refresh(_harness.Seed)!.Value;
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = refresh!, AccessToken = access, AccessTokenExpiresAt = _harness.Clock.GetUtcNow().AddHours(1) });

        Assert.Equal(access, await _harness.Clock.DriveAsync(call));
        Assert.Empty(_harness.Endpoint.Requests);
        _harness.Leases.Release("token", OAuthHarness.Grant, held);
    }

    [Fact]
    public async Task GetAccessToken_HolderDied_TakesOverWhenTheLeaseRunsOut()
    {
        _harness.Leases.TryAcquire("token", OAuthHarness.Grant, TimeSpan.FromSeconds(15));

        Assert.True(_harness.Authority.Accepts(await _harness.DriveAsync()));
    }

    [Fact]
    public async Task GetAccessToken_LeaseHeldTooLong_IsTransient()
    {
        _harness.Leases.TryAcquire("token", OAuthHarness.Grant, TimeSpan.FromMinutes(5));
        var before = _harness.Clock.GetUtcNow();

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _harness.DriveAsync());

        Assert.Contains($"{OAuthHarness.Grant} is being refreshed by another process", error.Message, StringComparison.Ordinal);
        Assert.InRange(_harness.Clock.GetUtcNow() - before, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(25));
        Assert.Empty(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_AnotherProcessRefreshesAndOursIsStillValid_DoesNotWait()
    {
        var token = await _harness.GetAsync();
        _harness.Clock.Advance(TimeSpan.FromMinutes(56));
        _harness.Leases.TryAcquire("token", OAuthHarness.Grant, TimeSpan.FromSeconds(30));

        Assert.Equal(token, await _harness.GetAsync());
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_AnotherProcessWroteFirst_UsesTheStoredOne()
    {
        var (access, refresh) = _harness.Authority.Refresh(_harness.Seed)!.Value;
        _harness.Endpoint.After = _ =>
        {
            _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = refresh!, AccessToken = access, AccessTokenExpiresAt = _harness.Clock.GetUtcNow().AddHours(1) });
            return Task.CompletedTask;
        };

        Assert.Equal(access, await _harness.GetAsync());
        Assert.Equal(refresh, _harness.Stored!.RefreshToken);
        Assert.Equal(access, await _harness.GetAsync());
    }

    [Fact]
    public async Task GetAccessToken_SaveFailsOnce_IsSavedAtTheSecondTry()
    {
        var failures = 0;
        FailWrites(() => IsRotating && failures++ < 1);

        var token = await _harness.DriveAsync();

        Assert.Equal(token, _harness.Stored!.AccessToken);
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_SaveFailsAgainAndAgain_IsTriedThreeTimesWithAPauseBetween()
    {
        var attempts = new List<TimeSpan>();
        var began = _harness.Clock.GetUtcNow();
        FailWrites(() =>
        {
            if (!IsRotating) return false;
            attempts.Add(_harness.Clock.GetUtcNow() - began);
            return true;
        });

        await _harness.DriveAsync();

        Assert.Equal(3, attempts.Count);
        Assert.True(attempts[1] - attempts[0] >= TimeSpan.FromSeconds(1) && attempts[2] - attempts[1] >= TimeSpan.FromSeconds(2), string.Join(' ', attempts));
    }

    [Theory]
    [InlineData("1", "other", false, false, true)] // nothing was written in between
    [InlineData("2", "old", true, false, true)] // marked as dead by a process that did not know the new tokens
    [InlineData("2", "old", false, true, true)] // another process began to exchange the same token
    [InlineData("2", "old", false, false, false)]
    [InlineData("2", "other", true, false, false)] // a later consent, which has died since
    [InlineData("2", "other", false, true, false)] // a later consent, which is being exchanged
    [InlineData("2", "other", false, false, false)]
    public void Supersedes_WhatTheStoreHolds_OnlyItsOwnPredecessor(string version, string refreshToken, bool isDead, bool isBegun, bool expected)
    {
        var unsaved = new UnsavedGrant(new OAuthGrant { RefreshToken = "new" }, new StoredGrant(new OAuthGrant { RefreshToken = "old" }, "1"));
        DateTimeOffset? now = _harness.Clock.GetUtcNow();
        var stored = new OAuthGrant { RefreshToken = refreshToken, ReconnectRequiredSince = isDead ? now : null, RenewalBegan = isBegun ? now : null };

        Assert.Equal(expected, unsaved.Supersedes(new StoredGrant(stored, version)));
    }

    [Fact]
    public async Task GetAccessToken_SaveLandsButItsAnswerIsLost_IsNotTakenForALostRace()
    {
        var lost = 0;
        _harness.Store.AfterWrite = _ => _harness.Store.Writes == 3 && lost++ == 0 ? throw new IOException("cut off") : Task.CompletedTask;

        var token = await _harness.DriveAsync();

        Assert.Equal(token, _harness.Stored!.AccessToken);
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_StoreGoesAwayDuringTheRefresh_TokenIsUsedAndSavedLater()
    {
        var away = true;
        FailWrites(() => away && IsRotating);

        var token = await _harness.DriveAsync();
        Assert.True(_harness.Authority.Accepts(token));
        Assert.Null(_harness.Stored!.AccessToken);
        Assert.Contains(_harness.Log.Entries, entry => entry.Text.Contains("are not saved", StringComparison.Ordinal));

        away = false;

        Assert.Equal(token, await _harness.DriveAsync());
        Assert.Equal(token, _harness.Stored.AccessToken);
        Assert.Single(_harness.Endpoint.Requests);
    }

    [Fact]
    public async Task GetAccessToken_UnsavedWhenAnotherProcessRefreshed_UsesItsTokens()
    {
        var away = true;
        FailWrites(() => away && IsRotating);
        await _harness.DriveAsync(_harness.One);
        away = false;

        var theirs = await _harness.DriveAsync(_harness.Two);

        Assert.Equal(theirs, await _harness.DriveAsync(_harness.One));
        Assert.Equal(theirs, _harness.Stored!.AccessToken);
    }

    [Fact]
    public async Task GetAccessToken_UnsavedWhenAnotherProcessMarkedTheOldTokenDead_RestoresTheGrant()
    {
        var away = true;
        FailWrites(() => away && IsRotating);
        var token = await _harness.DriveAsync(_harness.One);
        away = false;
        _harness.Clock.Advance(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAsync<ReconnectRequiredException>(() => _harness.DriveAsync(_harness.Two));

        Assert.Equal(token, await _harness.DriveAsync(_harness.One));

        Assert.Null(_harness.Stored!.ReconnectRequiredSince);
        Assert.Equal(token, await _harness.DriveAsync(_harness.Two));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_CrashBetweenRefreshAndSave_NextCallWithinTheLeewayRecovers()
    {
        _harness.Store.BeforeWrite = _ => IsRotating ? new TaskCompletionSource().Task : Task.CompletedTask;
        _ = _harness.GetAsync(_harness.One);
        Assert.Single(_harness.Endpoint.Requests);
        _harness.Clock.Advance(TimeSpan.FromMinutes(9));
        _harness.Store.BeforeWrite = _ => Task.CompletedTask;

        var token = await _harness.DriveAsync(_harness.Instance());

        Assert.True(_harness.Authority.Accepts(token));
        Assert.Equal(token, _harness.Stored!.AccessToken);
    }

    [Fact]
    public async Task GetAccessToken_StoreHangs_EndsInItsOwnTime()
    {
        _harness.Store.BeforeRead = cancellationToken => Hang.UntilCancelledAsync(cancellationToken);
        var before = _harness.Clock.GetUtcNow();

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _harness.DriveAsync());

        Assert.Contains($"{OAuthHarness.Grant} could not be refreshed in time", error.Message, StringComparison.Ordinal);
        Assert.InRange(_harness.Clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromSeconds(65));
    }

    [Fact]
    public async Task GetAccessToken_RefreshedTooLate_NothingIsWrittenAfterTheLease()
    {
        // The lease lasts 30 s: a write after that could overwrite another process's.
        _harness.Store.AfterWrite = _ => Task.CompletedTask;
        _harness.Store.BeforeWrite = cancellationToken => !IsRotating ? Task.CompletedTask : Hang.ForAsync(TimeSpan.FromSeconds(29), _harness.Clock, cancellationToken);

        await _harness.DriveAsync();

        Assert.Equal(2, _harness.Store.Writes);
    }

    /// <summary>Atlassian's answer ends the stored token, so a store that takes no writes must cost no token.</summary>
    [Fact]
    [Trait("Decision", "token-store")]
    public async Task GetAccessToken_StoreCanBeReadButNotWritten_IsNotSentToAtlassian()
    {
        _harness.Store.Put(OAuthHarness.Grant, new OAuthGrant { RefreshToken = _harness.Seed });
        FailWrites(() => true);

        await Assert.ThrowsAsync<IOException>(() => _harness.DriveAsync());
        Assert.Empty(_harness.Endpoint.Requests);

        FailWrites(() => false);
        Assert.True(_harness.Authority.Accepts(await _harness.DriveAsync()));
    }

    [Fact]
    public async Task GetAccessToken_UnsavedWhenAnotherProcessEndedBeforeItsRefresh_SavesItsOwn()
    {
        var away = true;
        FailWrites(() => away && IsRotating);
        var token = await _harness.DriveAsync();
        away = false;
        _harness.Store.Put(OAuthHarness.Grant, _harness.Stored! with { RenewalBegan = _harness.Clock.GetUtcNow() });

        Assert.Equal(token, await _harness.DriveAsync());

        Assert.Equal(token, _harness.Stored!.AccessToken);
        Assert.Null(_harness.Stored.RenewalBegan);
        Assert.Single(_harness.Endpoint.Requests);
    }

    // From the write that begins a refresh to the one that saves its tokens.
    private bool IsRotating => _harness.Stored is { RenewalBegan: not null };

    private void FailWrites(Func<bool> when) =>
        _harness.Store.BeforeWrite = _ => when() ? throw new IOException("the store is away") : Task.CompletedTask;
}
