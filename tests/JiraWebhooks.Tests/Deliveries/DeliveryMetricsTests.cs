using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryMetricsTests
{
    private static readonly Site Site = StubSites.OAuth with { Id = "metrics" };
    private readonly ReceiverHarness _harness = new() { Sites = new StubSites(Site) };

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Accepted_IsCountedAndTimed()
    {
        using var accepted = Metrics.Counter(DeliveryMetrics.Accepted);
        using var duration = Metrics.Histogram(DeliveryMetrics.Duration);
        await _harness.SendAsync(_harness.Request(Site));

        Assert.Equal(1, accepted.Count("site=metrics"));
        Assert.NotEqual(0, duration.Count("status=200"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Refused_IsCountedWithItsReason()
    {
        using var refused = Metrics.Counter(DeliveryMetrics.Refused);
        var forged = _harness.Request(Site.Id);
        forged.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(_harness.Clock.GetUtcNow(), "not-the-secret")}";
        await _harness.SendAsync(forged);
        await _harness.SendAsync(_harness.Request(Site.Id));
        var encoded = _harness.Request(Site);
        encoded.Request.Headers.ContentEncoding = "gzip";
        await _harness.SendAsync(encoded);

        Assert.Equal(1, refused.Count("reason=bad_signature site=metrics"));
        Assert.Equal(1, refused.Count("reason=no_credential site=metrics"));
        Assert.Equal(1, refused.Count("reason=content_encoding site=metrics"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_UnknownSite_MakesNoTimeSeriesOfItsOwn()
    {
        using var refused = Metrics.Counter(DeliveryMetrics.Refused);
        await _harness.SendAsync(_harness.Request("invented-by-a-caller"));

        Assert.NotEqual(0, refused.Count("reason=unknown_site"));
        Assert.DoesNotContain(refused.Tags(), tags => tags.Contains("invented", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Unavailable_IsCountedWithItsReason()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        _harness.Publisher.Before = (_, _) => throw new TimeoutException();
        await _harness.SendAsync(_harness.Request(Site));
        await _harness.SendAsync(_harness.Request(Site, signedAt: _harness.Clock.GetUtcNow().AddHours(-1)));

        Assert.Equal(1, unavailable.Count("reason=publisher site=metrics"));
        Assert.Equal(1, unavailable.Count("reason=token_times site=metrics"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Unparsed_IsCounted()
    {
        using var unparsed = Metrics.Counter(DeliveryMetrics.Unparsed);
        await _harness.SendAsync(_harness.Request(Site, "garbage"u8.ToArray()));

        Assert.Equal(1, unparsed.Count("site=metrics"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_BodyWithoutItsEvent_IsCounted()
    {
        using var missing = Metrics.Counter(DeliveryMetrics.EventMissing);
        await _harness.SendAsync(_harness.Request(Site, "{}"u8.ToArray()));
        await _harness.SendAsync(_harness.Request(Site));

        Assert.Equal(1, missing.Count("site=metrics"));
    }
}
