using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Deliveries for ids without a row: those signed with a secret of this app show that a row was lost, and nothing else does.</summary>
public sealed class MissingSiteTests
{
    private readonly List<string> _outages = [];
    private readonly ReceiverHarness _harness = new()
    {
        Options = new()
        {
            PublicBaseUrl = new Uri("https://hooks.example.com"),
            OAuthClientId = StubSites.ClientId,
            OAuthClientSecret = SiteSecret.From(StubSites.Secret),
            OAuthPreviousClientSecret = SiteSecret.From(StubSites.PreviousSecret),
        },
    };

    public MissingSiteTests()
    {
        _ = _harness.Receiver;
        _harness.Activity.Failed = (site, _) => _outages.Add(site);
    }

    private long Now => _harness.Clock.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData(StubSites.Secret, 0, 503)]
    [InlineData(StubSites.PreviousSecret, 0, 503)]
    [InlineData(StubSites.Secret, -23 * 3600, 503)]
    [InlineData(StubSites.Secret, -25 * 3600, 401)]
    [InlineData("another-secret", 0, 401)]
    public async Task ReceiveAsync_TokenOfTheAppForNoSite_IsAskedForAgain(string secret, int seconds, int expected)
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        var id = $"lost-{secret.Length}{seconds}";
        var context = _harness.Request(id);
        context.Request.Headers.Authorization = $"Bearer {TestTokens.Sign($$"""{"iss":"{{StubSites.ClientId}}","iat":{{Now + seconds}},"exp":{{Now + seconds + 180}},"context":{"cloudId":"of-that-site"} }""", secret)}";

        Assert.Equal(expected, (await _harness.SendAsync(context)).Status);

        Assert.Empty(_harness.Publisher.Messages);
        Assert.Equal(expected == 503 ? [id] : [], _outages);
        Assert.Equal(expected == 503 ? [id] : [], _harness.Sites.Noted);
        Assert.Equal(expected == 503 ? 1 : 0, unavailable.Count($"reason=site_missing site={id}"));
    }

    /// <summary>Only the scheme with which sites of the app are connected counts.</summary>
    [Fact]
    public async Task ReceiveAsync_SecretOfTheAppInAnotherScheme_IsRefused()
    {
        foreach (var (header, value) in new[]
        {
            ("Authorization", $"JWT {TestTokens.Connect(_harness.Clock.GetUtcNow(), "/api/deliveries/lost")}"),
            ("X-Hub-Signature", TestTokens.Hub(ReceiverHarness.Body)),
        })
        {
            var context = _harness.Request("lost");
            context.Request.Headers[header] = value;

            Assert.Equal(401, (await _harness.SendAsync(context)).Status);
        }

        Assert.Empty(_harness.Sites.Noted);
    }

    [Fact]
    public async Task ReceiveAsync_NoAppInTheSettings_IsRefused()
    {
        var harness = new ReceiverHarness();

        Assert.Equal(401, (await harness.SendAsync(harness.Request(StubSites.OAuth with { Id = "lost" }))).Status);
    }

    [Fact]
    public async Task ReceiveAsync_ErasedSite_IsRefusedLikeAStranger_AndHasNoSeriesOfItsOwn()
    {
        using var refused = Metrics.Counter(DeliveryMetrics.Refused);
        _harness.Sites.Erased.Add("erased");
        var authentic = await _harness.SendAsync(_harness.Request(StubSites.OAuth with { Id = "erased" }));
        var stranger = await _harness.SendAsync(_harness.Request("unknown"));

        Assert.Equal(401, authentic.Status);
        Assert.Equal(stranger, authentic);
        Assert.Empty(_outages);
        Assert.Empty(_harness.Sites.Noted);
        Assert.DoesNotContain(refused.Tags(), tags => tags.Contains("site=erased", StringComparison.Ordinal));
        Assert.DoesNotContain(_harness.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    /// <summary>A token is not bound to an id: one that leaked must not make series, rows and log lines without end.</summary>
    [Fact]
    public async Task ReceiveAsync_IdThatIsNotKept_IsAskedForAgainWithoutItsName()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        _harness.Sites.KeepsNoNames = true;

        Assert.Equal(503, (await _harness.SendAsync(_harness.Request(StubSites.OAuth with { Id = "one-of-many" }))).Status);

        Assert.Empty(_outages);
        Assert.DoesNotContain(unavailable.Tags(), tags => tags.Contains("one-of-many", StringComparison.Ordinal));
        Assert.DoesNotContain(_harness.Logs.Entries, entry => entry.Text.Contains("one-of-many", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReceiveAsync_IdWithASecretOfItsOwn_IsAskedForAgainAndAnOutage()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        _harness.Sites.Sites.Add(SiteReader.Missing("has-a-secret", SiteScheme.Connect));

        Assert.Equal(503, (await _harness.SendAsync(_harness.Request("has-a-secret"))).Status);

        Assert.Equal(["has-a-secret"], _outages);
        Assert.Equal(1, unavailable.Count("reason=site_missing site=has-a-secret"));
    }
}
