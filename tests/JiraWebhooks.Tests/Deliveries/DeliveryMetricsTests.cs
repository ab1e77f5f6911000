using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryMetricsTests : IDisposable
{
    private static readonly Site Site = StubSites.OAuth with { Id = "metrics" };
    private readonly MetricRecorder _metrics = new();
    private readonly ReceiverHarness _harness = new() { Sites = new StubSites(Site) };

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Accepted_IsCountedAndTimed()
    {
        await _harness.SendAsync(_harness.Request(Site));

        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Accepted, "site=metrics"));
        Assert.NotEqual(0, _metrics.Count(DeliveryMetrics.Duration, "status=200"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Refused_IsCountedWithItsReason()
    {
        var forged = _harness.Request(Site.Id);
        forged.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(_harness.Clock.GetUtcNow(), "not-the-secret")}";
        await _harness.SendAsync(forged);
        await _harness.SendAsync(_harness.Request(Site.Id));
        var encoded = _harness.Request(Site);
        encoded.Request.Headers.ContentEncoding = "gzip";
        await _harness.SendAsync(encoded);

        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Refused, "reason=bad_signature site=metrics"));
        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Refused, "reason=no_credential site=metrics"));
        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Refused, "reason=content_encoding site=metrics"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_UnknownSite_MakesNoTimeSeriesOfItsOwn()
    {
        await _harness.SendAsync(_harness.Request("invented-by-a-caller"));

        Assert.NotEqual(0, _metrics.Count(DeliveryMetrics.Refused, "reason=unknown_site"));
        Assert.DoesNotContain(_metrics.TagsOf(DeliveryMetrics.Refused), tags => tags.Contains("invented", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Unavailable_IsCountedWithItsReason()
    {
        _harness.Publisher.Before = (_, _) => throw new TimeoutException();
        await _harness.SendAsync(_harness.Request(Site));
        await _harness.SendAsync(_harness.Request(Site, signedAt: _harness.Clock.GetUtcNow().AddHours(-1)));

        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Unavailable, "reason=publisher site=metrics"));
        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Unavailable, "reason=token_times site=metrics"));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_Unparsed_IsCounted()
    {
        await _harness.SendAsync(_harness.Request(Site, "garbage"u8.ToArray()));

        Assert.Equal(1, _metrics.Count(DeliveryMetrics.Unparsed, "site=metrics"));
    }

    public void Dispose() => _metrics.Dispose();
}
