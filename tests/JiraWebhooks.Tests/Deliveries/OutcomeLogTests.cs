using JiraWebhooks.Deliveries;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Anyone can cause refusals, so their number must not be the number of log lines, and a line must not say more than is known.</summary>
public sealed class OutcomeLogTests
{
    private readonly ReceiverHarness _harness = new();

    private string[] Lines => [.. _harness.Logs.Entries.Select(entry => entry.Text)];

    [Fact]
    public async Task ReceiveAsync_RefusalsOfOneSiteAndReason_AreALineAtOnceAndOneAMinuteWithTheirNumber()
    {
        for (var count = 0; count < 1000; count++) await RefuseAsync("acme");
        Assert.Contains("count 1.", Assert.Single(Lines), StringComparison.Ordinal);

        _harness.Clock.Advance(OutcomeLog.Interval);
        Assert.Contains("count 999.", Assert.Single(Lines.Skip(1)), StringComparison.Ordinal);

        for (var count = 0; count < 7; count++) await RefuseAsync("acme");
        Assert.Equal(2, Lines.Length);
        _harness.Clock.Advance(OutcomeLog.Interval);
        Assert.Contains("count 7.", Assert.Single(Lines.Skip(2)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiveAsync_RefusalAfterAQuietMinute_IsLoggedAtOnce()
    {
        await RefuseAsync("acme");
        _harness.Clock.Advance(OutcomeLog.Interval);
        Assert.Single(Lines);

        await RefuseAsync("acme");

        Assert.Equal(2, Lines.Length);
        Assert.Contains("count 1.", Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiveAsync_OtherSiteOrReason_HasALineOfItsOwn()
    {
        await RefuseAsync("acme");
        await RefuseAsync("globex");
        await RefuseAsync("acme", "Bearer x.y.z");

        Assert.Equal(3, Lines.Length);
    }

    [Fact]
    public async Task ReceiveAsync_UnknownIds_AreCountedTogetherWithoutTheirNames()
    {
        for (var count = 0; count < 50; count++) await RefuseAsync($"invented-{count}");
        _harness.Clock.Advance(OutcomeLog.Interval);

        Assert.Equal(2, Lines.Length);
        Assert.Contains("count 49.", Lines[1], StringComparison.Ordinal);
        Assert.All(Lines, line => Assert.DoesNotContain("invented", line, StringComparison.Ordinal));
        Assert.All(Lines, line => Assert.DoesNotContain("(null)", line, StringComparison.Ordinal));
    }

    /// <summary>Only a signature with the site's secret shows that Jira sent it.</summary>
    [Theory]
    [InlineData("not-the-secret", false)]
    [InlineData(StubSites.Secret, true)]
    public async Task ReceiveAsync_Refused_SaysThatJiraDoesNotSendItAgainOnlyIfJiraSentIt(string secret, bool expected)
    {
        var context = _harness.Request("acme");
        context.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(_harness.Clock.GetUtcNow() - TimeSpan.FromDays(2), secret)}";

        Assert.Equal(401, (await _harness.SendAsync(context)).Status);

        Assert.Equal(expected, Assert.Single(Lines).Contains("Jira does not send it again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReceiveAsync_SiteWithoutUsableSettings_IsOneErrorAMinuteAndNotOneForEachCall()
    {
        _harness.Sites.Sites[0] = StubSites.OAuth with { Problem = "settings are wrong" };

        for (var count = 0; count < 100; count++) await RefuseAsync("acme");
        _harness.Clock.Advance(OutcomeLog.Interval);

        Assert.Equal([LogLevel.Error, LogLevel.Error], _harness.Logs.Entries.Select(entry => entry.Level));
    }

    [Fact]
    public async Task ReceiveAsync_TokensOfWrongTimes_AreALineAMinuteWithTheTimesOfBoth()
    {
        var began = _harness.Clock.GetUtcNow();
        for (var second = 0; second < 150; second++)
        {
            Assert.Equal(503, (await _harness.SendAsync(_harness.Request(StubSites.OAuth, signedAt: began.AddHours(-1)))).Status);
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, Lines.Length);
        Assert.Contains("count 59.", Lines[1], StringComparison.Ordinal);
        Assert.Contains($"Issued {began.AddHours(-1):u}, not before (null), expires {began.AddMinutes(-57):u}; our clock: {began.AddSeconds(59):u}.", Lines[1], StringComparison.Ordinal);
    }

    private Task<Answered> RefuseAsync(string site, string? authorization = null)
    {
        var context = _harness.Request(site);
        if (authorization is not null) context.Request.Headers.Authorization = authorization;
        return _harness.SendAsync(context);
    }
}
