using JiraWebhooks.Api;
using JiraWebhooks.OAuth;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Api;

public sealed class TicketStoreTests(AzuriteFixture azurite)
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [InlineData(null)]
    public async Task Take_ByManyAtOnce_SucceedsOnce(StorageKind? kind)
    {
        var store = await StoreAsync(kind);
        var ticket = new Ticket(_clock.GetUtcNow().AddMinutes(10)) { Browser = "b", Grant = "g", Sites = [new AccessibleResource("c", "Acme", new Uri("https://acme.atlassian.net"))] };
        await store.AddAsync("id", ticket, Token);

        var read = (await store.PeekAsync("id", Token))!;
        Assert.Equal(ticket.ExpiresAt, read.ExpiresAt);
        Assert.Equal("b", read.Browser);
        Assert.Equal("g", read.Grant);
        Assert.Equal("Acme", Assert.Single(read.Sites!).Name);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.TakeAsync("id", Token)));

        Assert.Single(taken, success => success);
        Assert.Null(await store.PeekAsync("id", Token));
        Assert.False(await store.TakeAsync("id", Token));
    }

    /// <summary>One property of a row holds 32 K characters.</summary>
    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [InlineData(null)]
    public async Task Add_AThousandSites_KeepsThemAll(StorageKind? kind)
    {
        var store = await StoreAsync(kind);
        var sites = Enumerable.Range(0, 1000)
            .Select(number => new AccessibleResource(Guid.NewGuid().ToString(), $"Site {number}", new Uri($"https://site-{number}.atlassian.net"), ["read:jira-work", "manage:jira-webhook"])).ToList();

        await store.AddAsync("id", new Ticket(_clock.GetUtcNow().AddMinutes(10)) { Sites = sites }, Token);

        Assert.Equal(sites.Select(site => site.Id), (await store.PeekAsync("id", Token))!.Sites!.Select(site => site.Id));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Add_AfterOthersRanOut_DeletesThem(StorageKind kind)
    {
        var store = await StoreAsync(kind);
        await store.AddAsync("old", new Ticket(_clock.GetUtcNow().AddMinutes(10)), Token);
        _clock.Advance(TimeSpan.FromMinutes(11));

        await store.AddAsync("new", new Ticket(_clock.GetUtcNow().AddMinutes(10)), Token);

        Assert.Null(await store.PeekAsync("old", Token));
        Assert.NotNull(await store.PeekAsync("new", Token));
    }

    private async Task<ITicketStore> StoreAsync(StorageKind? kind) => kind is { } known
        ? new TicketTable(new LazyTable(await new TestStorage(azurite).TablesAsync(known), TableNames.Tickets), _clock)
        : new MemoryTickets();
}
