using Azure;
using Azure.Identity;
using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>What people see of the end of a delivery: the names of the reasons, the levels of the lines, and what needs a fix.</summary>
public sealed class OutcomeTests
{
    public static TheoryData<Exception?, bool> Causes => new()
    {
        { null, false },
        { new RequestFailedException(400, "x"), true },
        { new RequestFailedException(403, "x"), true },
        { new RequestFailedException(408, "x"), false },
        { new RequestFailedException(429, "x"), false },
        { new RequestFailedException(499, "x"), true },
        { new RequestFailedException(399, "x"), false },
        { new RequestFailedException(500, "x"), false },
        { new AuthenticationFailedException("x"), true },
        { new UnauthorizedAccessException(), true },
        { new ArgumentOutOfRangeException(), true },
        { new NotSupportedException(), true },
        { new NotImplementedException(), true },
        { new NullReferenceException(), true },
        { new TimeoutException(), false },
        { new IOException("x", new NotSupportedException()), true },
        { new IOException("x", new TimeoutException()), false },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    [Trait("Decision", "200-after-publish")]
    public void IsPermanent_OfACause_IsTrueForWhatNeedsAFix(Exception? cause, bool expected) => Assert.Equal(expected, FailureKind.IsPermanent(cause));

    /// <summary>Each name is in the table of the page for operators, in its row.</summary>
    [Fact]
    public void Tag_OfEveryReason_IsExplainedToOperators()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operate.md"));
        var start = page.IndexOf("## Why a delivery was refused or delayed", StringComparison.Ordinal);
        var section = page[start..page.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        var reasons = Enum.GetValues<OutcomeReason>().Except([OutcomeReason.Accepted]).ToList();

        Assert.All(reasons, reason => Assert.Contains($"`{reason.Tag()}`", section, StringComparison.Ordinal));
        Assert.Equal(reasons.Count, reasons.Select(reason => reason.Tag()).Distinct().Count());
        Assert.Equal("accepted", OutcomeReason.Accepted.Tag());
        Assert.Contains("no name", Assert.Throws<ArgumentOutOfRangeException>(() => ((OutcomeReason)(-1)).Tag()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, OutcomeReason.Accepted, "acme", true, LogLevel.Debug, "Site acme: a delivery is on the bus.")]
    [InlineData(503, OutcomeReason.ClientLeft, "acme", false, LogLevel.Debug, "Site acme: the caller left before")]
    [InlineData(503, OutcomeReason.SlowBody, "acme", true, LogLevel.Warning, "did not send the whole body in time, or not correctly (slow_body)")]
    [InlineData(503, OutcomeReason.BrokenBody, null, false, LogLevel.Information, "Site (unknown): the caller did not send the whole body")]
    [InlineData(503, OutcomeReason.SecretUnresolved, "acme", false, LogLevel.Error, "answered 503 (secret_unresolved)")]
    [InlineData(503, OutcomeReason.SiteMissing, "acme", false, LogLevel.Error, "all deliveries get 503 until this is fixed (site_missing)")]
    [InlineData(503, OutcomeReason.Budget, "acme", true, LogLevel.Warning, "Site acme: answered 503 (budget)")]
    [InlineData(401, OutcomeReason.SiteErased, null, false, LogLevel.Information, "sites that were erased lately")]
    [InlineData(401, OutcomeReason.Expired, "acme", true, LogLevel.Warning, "Jira does not send it again")]
    [InlineData(401, OutcomeReason.BadSignature, "acme", false, LogLevel.Warning, "Site acme: refused with 401 (bad_signature), count 1. Nothing shows")]
    [InlineData(401, OutcomeReason.UnknownSite, null, false, LogLevel.Information, "Site (unknown): refused with 401 (unknown_site)")]
    public void Add_OfAnOutcome_WritesALineOfItsLevel(int status, object reason, string? site, bool authentic, LogLevel level, string words)
    {
        var logs = new FakeLogCollector();
        new OutcomeLog(new FakeTimeProvider(), new FakeLogger(logs)).Add(new Outcome(status, (OutcomeReason)reason) { Site = site, Authentic = authentic });

        var line = Assert.Single(logs.GetSnapshot());
        Assert.Equal(level, line.Level);
        Assert.Contains(words, line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_AndFail_TellWhoListens()
    {
        var (clock, told) = (new FakeTimeProvider(), new List<string>());
        var times = new TokenTimes(1, null, null, clock.GetUtcNow());
        var activity = new DeliveryActivity(clock)
        {
            Succeeded = site => told.Add($"accepted {site}"),
            Failed = (site, _) => told.Add($"failed {site}"),
            Late = (site, _) => told.Add($"late {site}"),
        };

        activity.Accept("acme");
        activity.Fail("acme", null);
        activity.Fail("acme", times);

        Assert.Equal(["accepted acme", "failed acme", "failed acme", "late acme"], told);
        Assert.Equal(clock.GetUtcNow(), activity.Accepted["acme"]);
    }
}
