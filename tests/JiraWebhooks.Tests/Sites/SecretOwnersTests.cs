using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Sites;

/// <summary>The list of the ids that have a secret of their own.</summary>
[Collection<Clocked>]
public sealed class SecretOwnersTests
{
    private readonly LocalHost.Simulation.SimulatedClock _clock = Clocked.NewClock();
    private readonly MemorySecretStore _store = new();
    private readonly FakeLogger<SecretOwners> _logs = new();
    private readonly SecretOwners _owners;

    public SecretOwnersTests()
    {
        _owners = new SecretOwners(_store, _clock, _logs);
        Put("globex", SiteScheme.Connect);
    }

    [Fact]
    public async Task Refresh_HoweverOftenAsked_ListsOnceInTenMinutes()
    {
        for (var second = 0; second < 1_201; second++)
        {
            await _owners.RefreshAsync();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _store.Lists);
    }

    [Fact]
    public async Task Refresh_SecretsOfEveryPurposeAndOthers_KnowsWhoseTheyAre()
    {
        Put("acme-2", SiteScheme.OAuth);
        Put("initech", SiteScheme.AdminWebhook);
        foreach (var other in new[] { "jira-grant-acme", "jira-site--shared-secret", "jira-site-Acme-shared-secret", "jira-site-acme", "oauth-client-secret" }) _store.Put(other, "1", new("x"));

        await _owners.RefreshAsync();

        Assert.Equal([("acme-2", SiteScheme.OAuth), ("globex", SiteScheme.Connect), ("initech", SiteScheme.AdminWebhook)], _owners.Known!.Select(owner => (owner.Key, owner.Value)).Order());
    }

    [Fact]
    public async Task Refresh_ListFails_KeepsTheLastOne()
    {
        await _owners.RefreshAsync();
        Fail();
        _clock.Advance(SecretOwners.Interval);
        await _owners.RefreshAsync();

        Assert.Equal("globex", Assert.Single(_owners.Known!).Key);
        Assert.Single(_logs.Entries);
    }

    [Fact]
    public async Task Refresh_FirstListFails_IsTriedAgainInAMinute()
    {
        Fail();
        await _owners.RefreshAsync();
        await _owners.RefreshAsync();
        Assert.Equal(1, _store.Lists);
        Assert.Null(_owners.Known);

        _store.Failure = null;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _owners.RefreshAsync();

        Assert.Single(_owners.Known!);
    }

    [Fact]
    public async Task Refresh_VaultHangs_EndsByItself()
    {
        _store.Hangs = true;

        await _clock.DriveAsync(_owners.RefreshAsync());

        Assert.Null(_owners.Known);
    }

    private void Fail() => (_store.FailsLists, _store.Failure) = (true, new TimeoutException("the vault is away"));

    private void Put(string id, SiteScheme scheme) => _store.Put(SecretName.Of(id, scheme), "1", new("secret"));
}
