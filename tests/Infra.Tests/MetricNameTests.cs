using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>Queries of alerts and of the workbook are text: a metric, tag or value renamed in the code alone would silence its alert for ever.</summary>
public sealed partial class MetricNameTests
{
    private static readonly string Source = string.Join('\n', Repository.Files("src/JiraWebhooks", "*.cs").Select(Repository.Read));

    private static readonly string Queries = string.Join('\n', [.. Repository.Files("infra/queries", "*.kql").Select(Repository.Read), .. WorkbookTests.Queries]);

    public static TheoryData<string> Metrics => [.. Metric().Matches(Queries).Select(match => match.Groups[1].Value).Distinct().Order()];

    [Fact]
    public void Metrics_InTheQueries_AreThese() =>
        Assert.Equal(
            [
                "jira.bus.dead", "jira.bus.dead_new", "jira.bus.oldest_age", "jira.deliveries.accepted", "jira.deliveries.refused", "jira.deliveries.unavailable", "jira.delivery.duration",
                "jira.failed.cursor_age", "jira.failed.possible_loss", "jira.failed.recovered", "jira.refresh.age", "jira.refresh.completed", "jira.sites.measured",
                "jira.sites.reconnect_required", "jira.sites.unhealthy", "jira.timer.runs", "jira.webhooks.expiry",
            ],
            Metrics.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Metric_InAQuery_IsAConstantOfTheCode(string metric) =>
        Assert.Single(Constant().Matches(Source), match => match.Groups[2].Value == metric);

    /// <summary>Not only named: the constant is used where instruments are made.</summary>
    [Theory]
    [MemberData(nameof(Metrics))]
    public void Metric_InAQuery_IsEmittedByTheCode(string metric)
    {
        var constant = Constant().Matches(Source).First(match => match.Groups[2].Value == metric).Groups[1].Value;
        Assert.Matches($@"(Counter|Gauge|Histogram)(<\w+>)?\(\s*(MetricNames\.)?{constant}\b", Source);
    }

    [Fact]
    public void TagsAndValues_InTheQueries_AreThoseOfTheCode()
    {
        var literals = Literal().Matches(Source).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var tags = Tag().Matches(Queries).Select(match => match.Groups[1].Value).Distinct().Order();
        var values = Value().Matches(Queries).SelectMany(match => Quoted().Matches(match.Value)).Select(match => match.Groups[1].Value).Distinct().Order().ToList();

        Assert.Equal(["outcome", "reason", "site", "subscription", "timer"], tags);
        Assert.Equal(["bad_claims", "bad_signature", "expired", "not_yet_valid", "other_site", "poll", "refresh"], values);
        Assert.All(tags.Concat(values), word => Assert.Contains(word, literals));
    }

    /// <summary>A delivery that is late by its token alone is no error of the server, and neither is what a sender breaks off.</summary>
    [Fact]
    public void Reasons_LeftOutOfServerErrors_AreThoseOfTheCode()
    {
        var reasons = Quoted().Matches(LeftOut().Match(Repository.Read("infra/queries/server-errors.kql")).Value).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(["body", "client_left", "slow_body", "token_times"], reasons);
        Assert.All(reasons, reason => Assert.Contains($"\"{reason}\"", Source, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"'(jira\.[a-z_.]+)'")]
    private static partial Regex Metric();

    [GeneratedRegex("const string (\\w+) = \"([^\"]+)\"")]
    private static partial Regex Constant();

    [GeneratedRegex("\"([a-z_]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"Properties\.(\w+)")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?:Timer ==|Reason in) \(?(?:'\w+'(?:, )?)+")]
    private static partial Regex Value();

    [GeneratedRegex(@"!in \([^)]*\)")]
    private static partial Regex LeftOut();

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex Quoted();
}
