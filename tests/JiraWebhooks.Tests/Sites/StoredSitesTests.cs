using CsCheck;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using LocalHost.Simulation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace JiraWebhooks.Tests.Sites;

/// <summary>What the receive path knows of the sites, and what it costs storage.</summary>
[Collection<Clocked>]
public sealed class StoredSitesTests
{
    private static readonly SiteSettings Globex = new()
    {
        Scheme = "Connect",
        Url = "https://globex.atlassian.net",
        AppKey = "app",
        ClientKey = "tenant",
        Webhooks = { ["issues"] = new DeclaredWebhookOptions { Events = ["jira:issue_updated"], Jql = "project = SHOP" } },
    };

    private readonly SimulatedClock _clock = Clocked.NewClock();
    private readonly InMemoryTables _tables = new();
    private readonly MemorySecretStore _secrets = new();
    private readonly SiteTable _table;
    private readonly StoredSites _sites;
    private int _queries;
    private bool _away;

    public StoredSitesTests()
    {
        _table = new SiteTable(new LazyTable(_tables, TableNames.Sites), new StorageTime(_clock));
        _tables.Before = call =>
        {
            if (call == "sites.query") Interlocked.Increment(ref _queries);
            if (_away) throw new TimeoutException("storage is away");
        };
        _sites = NewInstance();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_KnownSite_ReadsTheTableOnceInTenSeconds()
    {
        await AddAsync("globex");
        for (var second = 0; second < 180; second++)
        {
            Assert.Null((await FindAsync("globex"))!.Problem);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_queries, 9, 18);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(9, true)]
    [InlineData(10, true)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    [InlineData(59, false)]
    public async Task Find_KnownAndUnknownIds_WaitForStorageAlike(int age, bool atOnce)
    {
        await AddAsync("globex");
        Assert.NotNull(await FindAsync("globex"));
        Assert.Null(await FindAsync("unknown")); // the first unknown id of a process waits for the names of the secrets, which are read beside the table
        using var hanging = new ManualResetEventSlim();
        _tables.Before = _ => hanging.Wait(Token);
        _clock.Advance(TimeSpan.FromSeconds(age));

        var (known, unknown) = (FindAsync("globex").AsTask(), FindAsync("unknown").AsTask());
        Assert.Equal(atOnce, known.IsCompleted);
        Assert.Equal(atOnce, unknown.IsCompleted);

        hanging.Set();
        Assert.NotNull(await known);
        Assert.Null(await unknown);
    }

    [Fact]
    public void Find_FloodOfUnknownIds_ReadsTheTableOnceInTenSeconds()
    {
        var seconds = Gen.Int[0, 3].Array[50];
        seconds.Sample(
            steps =>
            {
                _sites.Invalidate();
                _queries = 0;
                var began = _clock.GetUtcNow();
                foreach (var step in steps)
                {
                    Task.WaitAll([.. Enumerable.Range(0, 20).Select(number => Task.Run(async () => Assert.Null(await _sites.FindAsync($"unknown-{number}", Token)), Token))], Token);
                    _clock.Advance(TimeSpan.FromSeconds(step));
                }

                // A read in the background must not count in the next sample.
                _sites.ListAsync(Token).Wait(Token);
                Assert.InRange(_queries, 1, 1 + (int)((_clock.GetUtcNow() - began) / StoredSites.Pause));
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Find_FloodWhileStorageIsAway_AsksOnceInTenSecondsAndThrows()
    {
        await AddAsync("globex");
        _away = true;
        var before = _tables.Calls;

        for (var second = 0; second < 30; second++)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => FindAsync("unknown").AsTask());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _tables.Calls - before);
    }

    [Fact]
    public async Task Find_SiteAddedByAnotherInstance_IsKnownBeforeItsWebhooksCanBe()
    {
        Assert.Null(await FindAsync("globex"));
        await AddAsync("globex");
        _clock.Advance(StoredSites.Settled);

        Assert.NotNull(await FindAsync("globex"));
        Assert.True(StoredSites.Settled >= StoredSites.FreshFor + StoredSites.Pause);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Find_StorageAway_KnownSiteServesForHalfAnHour()
    {
        await AddAsync("globex");
        Assert.False((await FindAsync("globex"))!.IsStale);
        _away = true;

        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.True((await FindAsync("globex"))!.IsStale);
        Assert.Single(await _sites.ListAsync(Token));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(() => FindAsync("globex").AsTask());
        await Assert.ThrowsAsync<TimeoutException>(() => _sites.ListAsync(Token));
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task Find_StorageHangs_KnownSiteServesAfterTwoSeconds()
    {
        await AddAsync("globex");
        await FindAsync("globex");
        _tables.Rows = new TaskCompletionSource().Task;
        _clock.Advance(StoredSites.FreshFor);
        var before = _clock.GetUtcNow();

        Assert.NotNull(await _clock.DriveAsync(FindAsync("globex").AsTask()));

        Assert.Equal(TimeSpan.FromSeconds(2), _clock.GetUtcNow() - before);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Find_SecretCannotBeRead_IsThatSitesProblem()
    {
        await AddAsync("globex");
        _secrets.Failure = new TimeoutException();

        Assert.Contains("its secret cannot be read now", (await FindAsync("globex"))!.Problem, StringComparison.Ordinal);

        _secrets.Failure = null;
        _clock.Advance(StoredSites.FreshFor);
        Assert.Null((await FindAsync("globex"))!.Problem);
    }

    [Fact]
    public async Task Find_SiteWithoutWebhooks_HasThoseOfTheSettings()
    {
        await AddAsync("globex", Globex with { Webhooks = [] });

        Assert.Equal("everything", Assert.Single((await FindAsync("globex"))!.Webhooks).Name);
    }

    [Fact]
    public async Task Find_OAuthSiteOfTheAppInTheSettings_NeedsNoSecretOfItsOwn()
    {
        await AddAsync("acme", new SiteSettings { Scheme = "OAuth", Url = "https://acme.atlassian.net", CloudId = "0a1b2c3d-1111-2222-3333-444455556666", ClientId = "the-app" }, revision: "");

        var site = (await FindAsync("acme"))!;
        Assert.Equal("of-the-app", site.Secret?.Reveal());
        Assert.Equal("before", site.PreviousSecret?.Reveal());
        Assert.Null(site.Problem);
        Assert.Equal(0, _secrets.Reads);
    }

    /// <summary>Never per request: strangers must not reach the vault.</summary>
    [Fact]
    public async Task Find_FloodOfUnknownIds_ListsTheSecretsOnceInTenMinutes()
    {
        for (var second = 0; second < 900; second++)
        {
            Assert.Null(await FindAsync($"unknown-{second}"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _secrets.Lists);
    }

    [Fact]
    public async Task Find_SecretWithoutARow_IsAMissingSite_AndNotOneOfTheList()
    {
        await AddAsync("globex");
        _secrets.Put("jira-site-lost-client-secret", "r1", new SecretPair("own"));

        var lost = (await FindAsync("lost"))!;
        Assert.True(lost.IsMissing);
        Assert.Equal(SiteScheme.OAuth, lost.Scheme);
        Assert.Contains("missing from the table: connect it again", lost.Problem, StringComparison.Ordinal);
        Assert.Equal("globex", Assert.Single(await _sites.ListAsync(Token)).Id);
        Assert.Equal([new MissingSite("lost", null)], await _sites.ListMissingAsync(Token));
    }

    /// <summary>Who has a secret is not known yet, so no id is refused for having no row.</summary>
    [Fact]
    public async Task Find_SecretsCannotBeListedAtStart_KnownSitesServeAndUnknownIdsAreAskedForAgain()
    {
        await AddAsync("globex");
        (_secrets.FailsLists, _secrets.FailsWrites, _secrets.Failure) = (true, false, new TimeoutException("the vault is away"));
        await AddAsync("acme", new SiteSettings { Scheme = "OAuth", Url = "https://acme.atlassian.net", CloudId = "0a1b2c3d-1111-2222-3333-444455556666", ClientId = "the-app" }, revision: "");

        Assert.Null((await FindAsync("acme"))!.Problem);
        await Assert.ThrowsAsync<TimeoutException>(() => FindAsync("unknown").AsTask());

        _secrets.Failure = null;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await FindAsync("unknown"));
    }

    [Fact]
    public async Task Find_SecretsAreNotListedInTime_UnknownIdIsAskedForAgainAfterTwoSeconds()
    {
        await AddAsync("globex");
        await _table.ReadAsync(Token);
        _secrets.Hangs = true;
        var began = _clock.GetUtcNow();

        await Assert.ThrowsAsync<TimeoutException>(() => _clock.DriveAsync(FindAsync("unknown").AsTask()));

        Assert.InRange((_clock.GetUtcNow() - began).TotalSeconds, 2, 10);
    }

    [Fact]
    public async Task Find_ErasedSite_IsForgottenWithinAMinute_AlsoWhileItsSecretIsStillListed()
    {
        await AddAsync("globex");
        await FindAsync("globex");
        await _table.MarkErasedAsync("globex", _clock.GetUtcNow(), Token);
        await _table.TryDeleteAsync((await _table.FindAsync("globex", Token))!, Token);
        _clock.Advance(StoredSites.FreshFor);

        Assert.Null(await FindAsync("globex"));
        Assert.True(_sites.IsErased("globex"));
        Assert.Empty(await _sites.ListMissingAsync(Token));
    }

    /// <summary>A clock that was ahead and is set right must not make old rows new: a site added since would be refused.</summary>
    [Fact]
    public async Task Find_ClockIsSetBack_ReadsTheTableAllTheSame()
    {
        var clock = new ShiftedClock(_clock) { Ahead = TimeSpan.FromHours(5) };
        var sites = NewInstance(clock);
        Assert.Null(await sites.FindAsync("globex", Token));
        clock.Ahead = TimeSpan.Zero;
        await AddAsync("globex");
        _clock.Advance(StoredSites.Settled);

        Assert.NotNull(await sites.FindAsync("globex", Token));
    }

    private ValueTask<Site?> FindAsync(string id) => _sites.FindAsync(id, Token);

    private async Task AddAsync(string id, SiteSettings? settings = null, string revision = "r1")
    {
        _secrets.Put($"jira-site-{id}-shared-secret", "r1", new SecretPair("shared"));
        Assert.True(await _table.TryAddAsync(new StoredSite { Id = id, Settings = settings ?? Globex, SecretRevision = revision, ActiveSince = _clock.GetUtcNow() }, Token));
    }

    private StoredSites NewInstance(TimeProvider? own = null)
    {
        var clock = own ?? _clock;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("Webhooks:everything:Jql", "project != EMPTY"), new("Webhooks:everything:Events:0", "jira:issue_created"),
        ]).Build();
        var options = new JiraWebhooksOptions
        {
            PublicBaseUrl = new Uri("https://hooks.example.com"),
            OAuthClientId = "the-app",
            OAuthClientSecret = SiteSecret.From("of-the-app"),
            OAuthPreviousClientSecret = SiteSecret.From("before"),
        };
        var loader = new SiteLoader(_table, new SecretCache(_secrets, clock, NullLogger<SecretCache>.Instance), configuration, options, clock);
        return new StoredSites(loader, new SecretOwners(_secrets, clock, NullLogger<SecretOwners>.Instance), clock, NullLogger<StoredSites>.Instance);
    }
}
