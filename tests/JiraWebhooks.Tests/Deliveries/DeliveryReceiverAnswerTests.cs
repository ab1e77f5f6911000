using JiraWebhooks.Deliveries;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Which answer a delivery gets, and that nothing but 200 means published.</summary>
public sealed class DeliveryReceiverAnswerTests
{
    private readonly ReceiverHarness _harness = new();

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_UnknownSiteAndBadSignature_AreTheSameAnswer()
    {
        var badSignature = _harness.Request(StubSites.OAuth);
        badSignature.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(_harness.Clock.GetUtcNow(), "not-the-secret")}";
        var badHub = _harness.Request(StubSites.Admin.Id);
        badHub.Request.Headers["X-Hub-Signature"] = TestTokens.Hub(ReceiverHarness.Body, "not-the-secret");
        var unknown = _harness.Request("unknown");
        unknown.Request.Headers.Authorization = badSignature.Request.Headers.Authorization;

        var answers = new[] { await _harness.SendAsync(badSignature), await _harness.SendAsync(badHub), await _harness.SendAsync(unknown) };

        Assert.Equal(401, answers[0].Status);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Empty(_harness.Publisher.Messages);
    }

    [Theory]
    [InlineData(64, 200)]
    [InlineData(65, 413)]
    [InlineData(100_000, 413)]
    [Trait("Rule", "body-size")]
    public async Task ReceiveAsync_Body_IsCountedWhileItStreams(int length, int expected)
    {
        var harness = new ReceiverHarness { Options = _harness.Options with { MaxBodyBytes = 64 } };
        var context = harness.Request(StubSites.Admin, new byte[length]);
        context.Request.ContentLength = 1; // a lie

        Assert.Equal(expected, (await harness.SendAsync(context)).Status);
        Assert.Equal(expected == 200 ? 1 : 0, harness.Publisher.Messages.Count);
    }

    /// <summary>A server ends such a request only after so many bytes: there is nothing to wait for.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue - (25 * 1024 * 1024))]
    [Trait("Rule", "body-size")]
    public async Task ReceiveAsync_ContentLengthTooLarge_Is413(long more)
    {
        var context = _harness.Request(StubSites.OAuth);
        context.Request.ContentLength = _harness.Options.MaxBodyBytes + more;

        Assert.Equal(413, (await _harness.SendAsync(context)).Status);
        Assert.Empty(_harness.Publisher.Messages);
    }

    [Theory]
    [InlineData("gzip", 415)]
    [InlineData("br", 415)]
    [InlineData("identity, gzip", 415)]
    [InlineData("", 415)]
    [InlineData("identity", 200)]
    [InlineData("Identity", 200)]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_ContentEncoding_OnlyIdentityIsTaken(string encoding, int expected)
    {
        var context = _harness.Request(StubSites.OAuth);
        context.Request.Headers.ContentEncoding = new Microsoft.Extensions.Primitives.StringValues([encoding]);

        Assert.Equal(expected, (await _harness.SendAsync(context)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("[1,2")]
    [InlineData("<xml/>")]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_AuthenticButUnreadable_IsPublishedAndMarked(string body)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);

        Assert.Equal(200, (await _harness.SendAsync(_harness.Request(StubSites.Admin, bytes))).Status);
        var message = Assert.Single(_harness.Publisher.Messages);
        Assert.True(message.Unparsed);
        Assert.Equal(bytes, message.Body.ToArray());
    }

    [Fact]
    [Trait("Rule", "unknown-content")]
    public async Task ReceiveAsync_AnyBytes_ArriveUntouched()
    {
        var body = new byte[300_000];
        new Random(1).NextBytes(body);

        Assert.Equal(200, (await _harness.SendAsync(_harness.Request(StubSites.Admin, body))).Status);
        Assert.Equal(body, Assert.Single(_harness.Publisher.Messages).Body.ToArray());
    }

    [Theory]
    [InlineData("settings are wrong", true)]
    [InlineData(null, false)]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task ReceiveAsync_MisconfiguredSite_Is503AndTheOthersRun(string? problem, bool hasSecret)
    {
        _harness.Sites.Sites[0] = StubSites.OAuth with { Problem = problem, Secret = hasSecret ? StubSites.OAuth.Secret : null };

        var answered = await _harness.SendAsync(_harness.Request(StubSites.OAuth));

        Assert.Equal(503, answered.Status);
        Assert.Contains("Retry-After: 60", answered.Headers, StringComparison.Ordinal);
        Assert.Equal(200, (await _harness.SendAsync(_harness.Request(StubSites.Admin))).Status);
        Assert.Contains(_harness.Logs.Entries, entry => entry.Level is LogLevel.Error);
    }

    /// <summary>The clock of one of us is wrong, or a retry carries its first token: a 401 would lose the event.</summary>
    [Theory]
    [InlineData("acme", -25 * 60, 401)]
    [InlineData("acme", -90, 503)]
    [InlineData("acme", -2, 200)]
    [InlineData("acme", 2, 200)]
    [InlineData("acme", 5, 503)]
    [InlineData("acme", 60, 503)]
    [InlineData("acme", 25 * 60, 401)]
    [InlineData("globex", -90, 503)]
    [InlineData("globex", -2, 200)]
    [InlineData("globex", 16, 200)]
    [InlineData("globex", 18, 503)]
    [InlineData("globex", 25 * 60, 401)]
    public async Task ReceiveAsync_ClockMinutesAheadOfJiras_IsNeverPublishedAndAskedForAgain(string site, int minutes, int expected)
    {
        foreach (var retry in new[] { false, true })
        {
            var harness = new ReceiverHarness();
            var context = harness.Request(harness.Sites.Sites.Single(known => known.Id == site), signedAt: harness.Clock.GetUtcNow().AddMinutes(-minutes));
            if (retry) context.Request.Headers["X-Atlassian-Webhook-Retry"] = "1";

            Assert.Equal(expected, (await harness.SendAsync(context)).Status);
            Assert.Equal(expected == 200 ? 1 : 0, harness.Publisher.Messages.Count);
        }
    }

    [Fact]
    [Trait("Decision", "verify-first")]
    public async Task ReceiveAsync_RetryWithBadSignature_Is401()
    {
        var context = _harness.Request(StubSites.OAuth.Id);
        context.Request.Headers.Authorization = $"Bearer {TestTokens.Sign("""{"exp":1}""", "not-the-secret")}";
        context.Request.Headers["X-Atlassian-Webhook-Retry"] = "1";

        Assert.Equal(401, (await _harness.SendAsync(context)).Status);
    }

    [Fact]
    [Trait("Decision", "verify-first")]
    public async Task ReceiveAsync_SelfOfAnotherSite_IsPublishedMarkedAndCounted()
    {
        using var mismatches = Metrics.Counter(DeliveryMetrics.SiteMismatch);
        var site = StubSites.Admin with { Id = "mismatch" };
        _harness.Sites.Sites.Add(site);

        await _harness.SendAsync(_harness.Request(site, """{"webhookEvent":"a","issue":{"self":"https://other.atlassian.net/1"}}"""u8.ToArray()));

        Assert.True(Assert.Single(_harness.Publisher.Messages).SiteMismatch);
        Assert.Equal(1, mismatches.Count("site=mismatch"));
    }
}
