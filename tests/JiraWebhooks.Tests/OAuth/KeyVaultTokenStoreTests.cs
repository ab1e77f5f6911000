using Azure;
using JiraWebhooks.OAuth;
using LocalHost.Simulation;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>The calls the store makes and what it makes of the answers, over the real SDK. They run against an imitation, so they prove our
/// side only: names, order, versions and errors. That Key Vault behaves as imitated must be seen in Azure.</summary>
[Collection<Clocked>]
public sealed class KeyVaultTokenStoreTests : IAsyncLifetime
{
    private const string Secret = "jira-grant-acme";

    private readonly SimulatedClock _clock = Clocked.NewClock();
    private VaultImitation _vault = null!;
    private KeyVaultTokenStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultImitation.StartAsync();
        _store = new KeyVaultTokenStore(_vault.Client(_clock), _clock);
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task OurCalls_MissingSecret_IsNull()
    {
        Assert.Null(await _store.ReadAsync("acme", Token));
        Assert.Equal([$"GET secrets/{Secret}"], _vault.Requests);
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task OurCalls_WriteAndRead_OneSecretPerGrantWhoseVersionIsTheVaults()
    {
        var grant = new OAuthGrant { RefreshToken = "r", AccessToken = "a", AccessTokenExpiresAt = DateTimeOffset.UnixEpoch.AddTicks(12_345) };

        Assert.True(await _store.TryWriteAsync("acme", grant, null, Token));
        var read = await _store.ReadAsync("acme", Token);

        Assert.Equal(grant, read!.Grant);
        var stored = Assert.Single(_vault.Versions(Secret));
        Assert.EndsWith($"/secrets/{Secret}/{read.Version}", stored["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("application/json", stored["contentType"]!.GetValue<string>());
        Assert.Equal([$"GET secrets/{Secret}", $"PUT secrets/{Secret}", $"GET secrets/{Secret}"], _vault.Requests);
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task OurCalls_AnotherVersion_NothingIsSent()
    {
        Assert.False(await _store.TryWriteAsync("acme", Grant("1"), "some version", Token));
        await _store.TryWriteAsync("acme", Grant("1"), null, Token);
        var first = await _store.ReadAsync("acme", Token);
        Assert.False(await _store.TryWriteAsync("acme", Grant("2"), null, Token));
        Assert.True(await _store.TryWriteAsync("acme", Grant("2"), first!.Version, Token));
        Assert.False(await _store.TryWriteAsync("acme", Grant("3"), first.Version, Token));

        Assert.Equal("2", (await _store.ReadAsync("acme", Token))!.Grant.RefreshToken);
        Assert.Equal(2, _vault.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task OurCalls_DeletedSecret_IsNullAndRecoveredBeforeItIsWritten()
    {
        await _store.TryWriteAsync("acme", Grant("1"), null, Token);
        _vault.Delete(Secret);
        Assert.Null(await _store.ReadAsync("acme", Token));

        Assert.True(await _clock.DriveAsync(_store.TryWriteAsync("acme", Grant("2"), null, Token)));

        Assert.Equal("2", (await _store.ReadAsync("acme", Token))!.Grant.RefreshToken);
        Assert.Contains($"POST deletedsecrets/{Secret}/recover", _vault.Requests);
    }

    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(409, "Conflict")]
    [InlineData(429, "Throttled")]
    [InlineData(503, "ServiceUnavailable")]
    [Trait("Rule", "secrecy")]
    public async Task OurCalls_RefusedWrite_IsThrownWithoutTheTokens(int status, string code)
    {
        await _store.TryWriteAsync("acme", Grant("1"), null, Token);
        var read = await _store.ReadAsync("acme", Token);
        for (var attempt = 0; attempt < 2; attempt++) _vault.Failures.Enqueue(("PUT", status, code));

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => _store.TryWriteAsync("acme", Grant("leak-5f0c"), read!.Version, Token));

        Assert.Equal(status, error.Status);
        Assert.DoesNotContain("leak-5f0c", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("vault-token", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(500, "InternalServerError")]
    public async Task OurCalls_RefusedRead_IsNotTakenForAMissingGrant(int status, string code)
    {
        await _store.TryWriteAsync("acme", Grant("1"), null, Token);
        for (var attempt = 0; attempt < 2; attempt++) _vault.Failures.Enqueue(("GET", status, code));

        Assert.Equal(status, (await Assert.ThrowsAsync<RequestFailedException>(() => _store.ReadAsync("acme", Token))).Status);
    }

    [Fact]
    public async Task OurCalls_BriefThrottling_IsSatOutByTheSdk()
    {
        _vault.Failures.Enqueue(("GET", 429, "Throttled"));
        _vault.Failures.Enqueue(("PUT", 429, "Throttled"));

        Assert.True(await _store.TryWriteAsync("acme", Grant("1"), null, Token));
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task OurCalls_ValueThatIsNoGrant_SaysSoWithoutQuotingItAndCanBeReplaced()
    {
        await _vault.Client(_clock).SetSecretAsync(Secret, "leak-5f0c", Token);

        var read = (await _store.ReadAsync("acme", Token))!;

        Assert.True(read.Grant.IsUnreadable);
        Assert.DoesNotContain("leak-5f0c", $"{read} {read.Grant.Reason} {read.Grant.RefreshToken}", StringComparison.Ordinal);
        Assert.True(await _store.TryWriteAsync("acme", Grant("1"), read.Version, Token));
        Assert.False((await _store.ReadAsync("acme", Token))!.Grant.IsDead);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task OurCalls_WholeRotation_SeedsRefreshesAndIsAdoptedByTheNextInstance()
    {
        var harness = new OAuthHarness();
        OAuthTokenSource Instance() => new(new KeyVaultTokenStore(_vault.Client(harness.Clock), harness.Clock), harness.Leases, harness.Client, harness.Clock, harness.Log);

        var token = await harness.GetAsync(Instance());

        Assert.True(harness.Authority.Accepts(token));
        Assert.Equal(token, await harness.GetAsync(Instance()));

        // The token of the settings, the mark that it is about to be exchanged, the new tokens.
        Assert.Equal(3, _vault.Versions(Secret).Count);
        Assert.Single(harness.Endpoint.Requests);
    }

    private static OAuthGrant Grant(string refreshToken) => new() { RefreshToken = refreshToken };
}
