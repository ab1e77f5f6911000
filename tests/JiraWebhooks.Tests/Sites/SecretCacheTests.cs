using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Sites;

public sealed class SecretCacheTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemorySecretStore _store = new();
    private readonly SecretCache _cache;

    public SecretCacheTests()
    {
        _cache = new SecretCache(_store, _clock, NullLogger<SecretCache>.Instance);
        _store.Put("a", "r1", new SecretPair("one"));
    }

    [Fact]
    public async Task Get_SameRevision_ReadsOnce()
    {
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal("one", (await GetAsync("r1"))!.Current);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Get_VaultHangs_IsGivenUpAfterFourSecondsAndTriedLater()
    {
        _store.Hangs = true;
        var hanging = GetAsync("r1");
        _clock.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<SecretUnavailableException>(() => hanging);
        await Assert.ThrowsAsync<SecretUnavailableException>(() => GetAsync("r1"));
        Assert.Equal(1, _store.Reads);

        _store.Hangs = false;
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("one", (await GetAsync("r1"))!.Current);
    }

    /// <summary>A thousand sites with secrets of their own would each wait for a vault that does not answer, and those without one for them.</summary>
    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Get_VaultHangs_IsAskedForNoOtherSecretForFiveSeconds()
    {
        _store.Put("b", "r1", new SecretPair("other"));
        _store.Hangs = true;
        var hanging = GetAsync("r1");
        _clock.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<SecretUnavailableException>(() => hanging);
        _store.Hangs = false;

        await Assert.ThrowsAsync<SecretUnavailableException>(() => _cache.GetAsync("b", "r1", TestContext.Current.CancellationToken));
        Assert.Equal(1, _store.Reads);

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("other", (await _cache.GetAsync("b", "r1", TestContext.Current.CancellationToken))!.Current);
    }

    [Fact]
    public async Task Get_OneSecretHangsWhileOthersAreAnswered_CostsTheOthersNothing()
    {
        _store.Put("b", "r1", new SecretPair("other"));
        _store.Put("c", "r1", new SecretPair("third"));
        _store.Hangs = true;
        var hanging = GetAsync("r1");
        _store.Hangs = false;
        Assert.Equal("other", (await _cache.GetAsync("b", "r1", TestContext.Current.CancellationToken))!.Current);
        _clock.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<SecretUnavailableException>(() => hanging);

        Assert.Equal("third", (await _cache.GetAsync("c", "r1", TestContext.Current.CancellationToken))!.Current);
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Get_AnotherRevision_ReadsAtOnce()
    {
        await GetAsync("r1");
        _store.Put("a", "r2", new SecretPair("two", "one"));

        Assert.Equal(new SecretPair("two", "one"), await GetAsync("r2"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Get_VaultAway_ServesWhatWasReadAndNoOldRevisionForANewOne()
    {
        await GetAsync("r1");
        _store.Put("a", "r2", new SecretPair("two"));
        _store.Failure = new TimeoutException();

        for (var second = 0; second < 600; second++)
        {
            Assert.Equal("one", (await GetAsync("r1"))!.Current);
            await Assert.ThrowsAsync<SecretUnavailableException>(() => GetAsync("r2"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // At 0, 5, 15, 35, 75, 155 and 315 s.
        Assert.Equal(1 + 7, _store.Reads);
        _store.Failure = null;
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("two", (await GetAsync("r2"))!.Current);
    }

    /// <summary>The clock was hours ahead when the vault was away, and is set right.</summary>
    [Fact]
    public async Task Get_ClockIsSetBack_IsTriedAgainInTime()
    {
        var clock = new ShiftedClock(_clock) { Ahead = TimeSpan.FromHours(5) };
        var cache = new SecretCache(_store, clock, NullLogger<SecretCache>.Instance);
        _store.Failure = new TimeoutException();
        await Assert.ThrowsAsync<SecretUnavailableException>(() => cache.GetAsync("a", "r1", TestContext.Current.CancellationToken));
        _store.Failure = null;
        clock.Ahead = TimeSpan.Zero;
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("one", (await cache.GetAsync("a", "r1", TestContext.Current.CancellationToken))!.Current);
    }

    [Fact]
    public async Task Get_DeletedAndRecovered_IsFound()
    {
        Assert.Null(await GetAsync("r2"));
        _store.Put("a", "r2", new SecretPair("two"));

        Assert.Equal("two", (await GetAsync("r2"))!.Current);
    }

    private Task<SecretPair?> GetAsync(string revision) => _cache.GetAsync("a", revision, TestContext.Current.CancellationToken);
}
