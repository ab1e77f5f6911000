using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed partial class AlertTests
{
    [Theory]
    [InlineData("dead-letters", "Microsoft.ServiceBus/namespaces", "DeadletteredMessages", "Maximum", 0L)]
    [InlineData("service-bus-throttled", "Microsoft.ServiceBus/namespaces", "ThrottledRequests", "Total", 0L)]
    [InlineData("topic-size", "Microsoft.ServiceBus/namespaces", "Size", "Maximum", 5120L * 1024 * 1024 * 7 / 10)]
    [InlineData("server-errors", "Microsoft.Web/sites", "Http5xx", "Total", 10L)]
    public async Task MetricAlert_Always_MeasuresItsResource(string name, string type, string metric, string aggregation, long threshold)
    {
        var plan = await Snapshot.DefaultAsync();
        var alert = plan.Named("Microsoft.Insights/metricAlerts", $"jira-webhooks-{name}");
        var criterion = Assert.Single(alert.At("properties.criteria.allOf").EnumerateArray());

        Assert.Equal([plan.Single(type).Text("id")], alert.At("properties.scopes").Strings());
        Assert.Equal((metric, aggregation, "GreaterThan"), (criterion.Text("metricName"), criterion.Text("timeAggregation"), criterion.Text("operator")));
        Assert.Equal(threshold, criterion.At("threshold").GetInt64());
    }

    [Theory]
    [InlineData("dead-letters")]
    [InlineData("topic-size")]
    public async Task MetricAlert_OfTheTopic_LooksAtNoOtherEntity(string name)
    {
        var criterion = (await Snapshot.DefaultAsync()).Named("Microsoft.Insights/metricAlerts", $"jira-webhooks-{name}").At("properties.criteria.allOf")[0];

        var dimension = Assert.Single(criterion.At("dimensions").EnumerateArray());
        Assert.Equal(("EntityName", "jira-deliveries"), (dimension.Text("name"), dimension.At("values")[0].GetString()));
    }

    [Fact]
    public async Task QueryAlerts_Always_AreThese()
    {
        var rules = (await Snapshot.DefaultAsync()).OfType("Microsoft.Insights/scheduledQueryRules");

        Assert.Equal(
            ["cursor-age", "possible-loss", "refresh-absent", "refused-signatures", "sites-unhealthy", "webhook-expiry"],
            rules.Select(rule => rule.Text("name")["jira-webhooks-".Length..]).Order());
    }

    /// <summary>A refresh runs daily, so anything shorter than two days would miss its numbers.</summary>
    [Fact]
    public async Task QueryAlerts_Always_LookAtTwoDaysAndFireOnAnyRow()
    {
        var plan = await Snapshot.DefaultAsync();

        Assert.All(plan.OfType("Microsoft.Insights/scheduledQueryRules"), rule =>
        {
            var criterion = Assert.Single(rule.At("properties.criteria.allOf").EnumerateArray());
            Assert.Equal(("P2D", "PT1H"), (rule.Text("properties.windowSize"), rule.Text("properties.evaluationFrequency")));
            Assert.Equal(("Count", "GreaterThan", "0"), (criterion.Text("timeAggregation"), criterion.Text("operator"), criterion.Text("threshold")));
            Assert.Equal([plan.Single("Microsoft.OperationalInsights/workspaces").Text("id")], rule.At("properties.scopes").Strings());
            Assert.Contains(criterion.At("dimensions")[0].Text("name"), criterion.Text("query"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task RefreshAbsent_WithNothingMeasured_StillReturnsARow()
    {
        var query = Query(await Snapshot.DefaultAsync(), "refresh-absent");

        // summarize without "by" gives one row for an empty table: https://learn.microsoft.com/kusto/query/summarize-operator
        Assert.Matches(@"summarize Runs = count\(\)\s*\| where Runs == 0", query);
        Assert.Contains("union late, silent", query, StringComparison.Ordinal);
        Assert.Contains("ago(26h)", query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("webhook-expiry", "DaysLeft < 7")]
    [InlineData("cursor-age", "AgeHours > 60")]
    public async Task QueryAlert_Threshold_IsTheOnePromised(string name, string condition) =>
        Assert.Contains(condition, Query(await Snapshot.DefaultAsync(), name), StringComparison.Ordinal);

    [Fact]
    public async Task Alerts_All_TellWhatToDo()
    {
        var plan = await Snapshot.DefaultAsync();
        var alerts = plan.OfType("Microsoft.Insights/metricAlerts").Concat(plan.OfType("Microsoft.Insights/scheduledQueryRules")).ToList();

        Assert.Equal(10, alerts.Count);
        Assert.All(alerts, alert => Assert.Contains(" 1. ", alert.Text("properties.description"), StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Equal("True", alert.Text("properties.enabled")));
    }

    [Fact]
    public async Task ActionGroups_ByParameter_AreToldOfEveryAlert()
    {
        var plan = await Snapshot.FullAsync();
        var own = plan.Single("Microsoft.Insights/actionGroups");

        Assert.Equal("oncall@example.com", own.At("properties.emailReceivers")[0].Text("emailAddress"));
        Assert.All(plan.OfType("Microsoft.Insights/metricAlerts"), alert => Assert.Equal(2, alert.At("properties.actions").GetArrayLength()));
        Assert.All(
            plan.OfType("Microsoft.Insights/metricAlerts").SelectMany(alert => alert.At("properties.actions").EnumerateArray().Skip(1)),
            action => Assert.Equal(own.Text("id"), action.Text("actionGroupId")));
        Assert.All(plan.OfType("Microsoft.Insights/scheduledQueryRules"), rule =>
            Assert.Equal(own.Text("id"), rule.At("properties.actions.actionGroups")[1].GetString()));
        Assert.Empty((await Snapshot.DefaultAsync()).OfType("Microsoft.Insights/actionGroups"));
    }

    private static string Query(Snapshot plan, string name) =>
        plan.Named("Microsoft.Insights/scheduledQueryRules", $"jira-webhooks-{name}").At("properties.criteria.allOf")[0].Text("query").ReplaceLineEndings("\n");
}
