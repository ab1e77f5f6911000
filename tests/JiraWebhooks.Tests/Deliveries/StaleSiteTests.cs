using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>While storage is away a site serves from memory, and there may be a newer secret that cannot be read.</summary>
public sealed class StaleSiteTests
{
    public static TheoryData<Site> Stale => [StubSites.OAuth with { IsStale = true }, StubSites.Connect with { IsStale = true }, StubSites.Admin with { IsStale = true }];

    [Theory]
    [MemberData(nameof(Stale))]
    [Trait("Decision", "200-after-publish")]
    public async Task Receive_SignedWithTheSecretThatIsKnown_IsTaken(Site site)
    {
        var harness = new ReceiverHarness { Sites = new StubSites(site) };

        Assert.Equal(200, (await harness.SendAsync(harness.Request(site))).Status);
    }

    [Theory]
    [MemberData(nameof(Stale))]
    [Trait("Decision", "200-after-publish")]
    public async Task Receive_SignedWithAnotherSecret_IsAskedForAgain(Site site)
    {
        var older = site with { Secret = SiteSecret.From("the-older-secret-which-is-all-that-is-known-here"), PreviousSecret = null };
        var harness = new ReceiverHarness { Sites = new StubSites(older) };

        Assert.Equal(503, (await harness.SendAsync(harness.Request(site))).Status);
        Assert.Empty(harness.Publisher.Messages);
    }

    [Theory]
    [MemberData(nameof(Stale))]
    [Trait("Rule", "verify-raw-body")]
    public async Task Receive_NotSignedAtAll_IsRefusedAllTheSame(Site site)
    {
        var harness = new ReceiverHarness { Sites = new StubSites(site) };

        Assert.Equal(401, (await harness.SendAsync(harness.Request(site.Id))).Status);
    }
}
