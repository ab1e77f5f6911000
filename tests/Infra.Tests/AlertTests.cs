using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed partial class AlertTests
{
    [Theory]
    [InlineData("service-bus-throttled", "Microsoft.ServiceBus/namespaces", "ThrottledRequests", "Total", 0L)]
    [InlineData("backlog", "Microsoft.ServiceBus/namespaces", "ActiveMessages", "Minimum", 10_000L)]
    [InlineData("topic-size", "Microsoft.ServiceBus/namespaces", "Size", "Maximum", 5120L * 1024 * 1024 * 7 / 10)]
    public async Task MetricAlert_Always_MeasuresItsResource(string name, string type, string metric, string aggregation, long threshold)
    {
        var plan = await Snapshot.DefaultAsync();
        var alert = plan.Named("Microsoft.Insights/metricAlerts", $"jira-webhooks-{name}");
        var criterion = Assert.Single(alert.At("properties.criteria.allOf").EnumerateArray());

        Assert.Equal([plan.Single(type).Text("id")], alert.At("properties.scopes").Strings());
        Assert.Equal(metric, criterion.Text("metricName"));
        Assert.Equal(aggregation, criterion.Text("timeAggregation"));
        Assert.Equal("GreaterThan", criterion.Text("operator"));
        Assert.Equal(threshold, criterion.At("threshold").GetInt64());
        Assert.Equal("PT15M", alert.Text("properties.windowSize"));
        Assert.Equal("PT5M", alert.Text("properties.evaluationFrequency"));
        Assert.Equal("True", alert.Text("properties.autoMitigate"));
    }

    [Theory]
    [InlineData("backlog")]
    [InlineData("topic-size")]
    public async Task MetricAlert_OfTheTopic_LooksAtNoOtherEntity(string name)
    {
        var criterion = (await Snapshot.DefaultAsync()).Named("Microsoft.Insights/metricAlerts", $"jira-webhooks-{name}").At("properties.criteria.allOf")[0];

        var dimension = Assert.Single(criterion.At("dimensions").EnumerateArray());
        Assert.Equal("EntityName", dimension.Text("name"));
        Assert.Equal("jira-deliveries", dimension.At("values")[0].GetString());
    }

    /// <summary>Health is red for one revoked grant; the test from outside asks whether the app can publish.</summary>
    [Fact]
    public async Task AvailabilityTest_ByDefault_AsksLiveFromThreePlacesAndAlerts()
    {
        var plan = await Snapshot.DefaultAsync();
        var test = plan.Single("Microsoft.Insights/webtests");
        var alert = plan.Named("Microsoft.Insights/metricAlerts", "jira-webhooks-not-live");

        Assert.Contains("'{0}/api/live'", test.Text("properties.Request.RequestUrl"), StringComparison.Ordinal);
        Assert.Equal(200, test.At("properties.ValidationRules.ExpectedHttpStatusCode").GetInt32());
        Assert.Equal(3, test.At("properties.Locations").GetArrayLength());
        Assert.Equal(test.Text("id"), alert.Text("properties.criteria.webTestId"));
        Assert.Equal(2, alert.At("properties.criteria.failedLocationCount").GetInt32());
        Assert.Empty((await Snapshot.OfAsync("availabilityTest = false")).OfType("Microsoft.Insights/webtests"));
    }

    [Fact]
    public async Task QueryAlerts_Always_AreThese()
    {
        var rules = (await Snapshot.DefaultAsync()).OfType("Microsoft.Insights/scheduledQueryRules");

        Assert.Equal(
            ["cursor-age", "dead-letters", "message-age", "possible-loss", "refresh-absent", "refused-signatures", "server-errors", "sites-unhealthy", "webhook-expiry"],
            rules.Select(rule => rule.Text("name")["jira-webhooks-".Length..]).Order());
    }

    /// <summary>A refresh runs daily, so anything shorter than two days would miss its numbers. Failing deliveries cannot wait for an hour.</summary>
    [Fact]
    public async Task QueryAlerts_Always_LookAtTheirWindowAndFireOnAnyRow()
    {
        var plan = await Snapshot.DefaultAsync();

        Assert.All(plan.OfType("Microsoft.Insights/scheduledQueryRules"), rule =>
        {
            var criterion = Assert.Single(rule.At("properties.criteria.allOf").EnumerateArray());
            Assert.Equal(
                rule.Text("name") == "jira-webhooks-server-errors" ? ("PT30M", "PT10M") : ("P2D", "PT1H"),
                (rule.Text("properties.windowSize"), rule.Text("properties.evaluationFrequency")));
            Assert.Equal("Count", criterion.Text("timeAggregation"));
            Assert.Equal("GreaterThan", criterion.Text("operator"));
            Assert.Equal("0", criterion.Text("threshold"));
            Assert.Equal([plan.Single("Microsoft.OperationalInsights/workspaces").Text("id")], rule.At("properties.scopes").Strings());
            Assert.All(criterion.At("dimensions").EnumerateArray(), dimension => Assert.Contains(dimension.Text("name"), criterion.Text("query"), StringComparison.Ordinal));
        });
    }

    /// <summary>A site alone is judged by a value: it has none when it is removed. Only a whole timer is judged by its absence.</summary>
    [Theory]
    [InlineData("refresh-absent", "Refreshes", "refresh", "26h")]
    [InlineData("cursor-age", "Polls", "poll", "2h")]
    public async Task TimerThatRanNever_WithNothingMeasured_StillReturnsARow(string name, string count, string timer, string silence)
    {
        var query = Query(await Snapshot.DefaultAsync(), name);

        // summarize without "by" gives one row for an empty table: https://learn.microsoft.com/kusto/query/summarize-operator
        Assert.Contains(
            $"""
                | summarize {count} = countif(Timer == '{timer}' and TimeGenerated > ago({silence})), First = min(TimeGenerated)
                | where {count} == 0 and (isnull(First) or First < ago({silence}))
                | project Site = '(all)',
            """,
            query,
            StringComparison.Ordinal);
        Assert.Matches(@"\nunion \w+, silent\s*$", query);
    }

    /// <summary>What a site measured before it was removed, or switched off, is older than the newest run.</summary>
    [Theory]
    [InlineData("refresh-absent")]
    [InlineData("cursor-age")]
    [InlineData("webhook-expiry")]
    public async Task GaugeOfASite_OfAnOlderRun_IsNotLookedAt(string name)
    {
        var query = Query(await Snapshot.DefaultAsync(), name);

        Assert.Contains("let newest = toscalar(runs | summarize max(TimeGenerated));", query, StringComparison.Ordinal);
        Assert.Contains("| where TimeGenerated > newest - 30m\n", query, StringComparison.Ordinal);
        Assert.Contains("| summarize arg_max(TimeGenerated, Sum) by Site\n", query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("webhook-expiry", "where DaysLeft < 7")]
    [InlineData("cursor-age", "where AgeHours > 60")]
    [InlineData("refresh-absent", "where Hours > 26")]
    [InlineData("possible-loss", "where TimeGenerated > ago(2h)")]
    [InlineData("possible-loss", "where Windows > 0")]
    [InlineData("refused-signatures", "Recent = sumif(Sum, TimeGenerated > ago(90m)), Before = sumif(Sum, TimeGenerated <= ago(90m))")]
    [InlineData("refused-signatures", "where Recent >= iff(Site == '(unknown)', 20, 5) and Recent > 3 * Usual")]
    [InlineData("refused-signatures", "where Site == '(unknown)' or Reason in ('bad_signature', 'bad_claims', 'expired', 'not_yet_valid', 'other_site')")]
    [InlineData("server-errors", "where Answers > 10")]
    [InlineData("dead-letters", "where Letters > 0")]
    [InlineData("message-age", "where AgeHours > 24")]
    [InlineData("sites-unhealthy", "where Sites > 0")]
    public async Task QueryAlert_Threshold_IsTheOnePromised(string name, string condition) =>
        Assert.Matches(Regex.Escape(condition) + @"(;|\n|$| by)", Query(await Snapshot.DefaultAsync(), name));

    /// <summary>A fired alert does not fire again until it is resolved, so a further site has to be another series: the number of sites is a part of it
    /// (<see href="https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#stateful-alerts"/>).</summary>
    [Fact]
    public async Task SitesUnhealthy_WithAnotherNumberOfSites_IsAnotherSeries()
    {
        var plan = await Snapshot.DefaultAsync();
        var rule = plan.Named("Microsoft.Insights/scheduledQueryRules", "jira-webhooks-sites-unhealthy");

        Assert.Equal("True", rule.Text("properties.autoMitigate"));
        Assert.Equal("State", Assert.Single(rule.At("properties.criteria.allOf")[0].At("dimensions").EnumerateArray()).Text("name"));
        Assert.Contains("| project State = strcat(Name, ' ', tolong(Sum)), Sites = Sum\n", Query(plan, "sites-unhealthy"), StringComparison.Ordinal);
    }

    /// <summary>Every rule tells its series apart: one that is fired for long must not hide what happens next to it.</summary>
    [Theory]
    [InlineData("server-errors", "Reason")]
    [InlineData("sites-unhealthy", "State")]
    [InlineData("dead-letters", "Subscription")]
    [InlineData("message-age", "Subscription")]
    [InlineData("possible-loss", "Site, Reason")]
    [InlineData("refused-signatures", "Site")]
    [InlineData("cursor-age", "Site")]
    [InlineData("refresh-absent", "Site")]
    [InlineData("webhook-expiry", "Site")]
    public async Task QueryAlert_Series_AreToldApartByTheDimension(string name, string dimensions)
    {
        var rule = (await Snapshot.DefaultAsync()).Named("Microsoft.Insights/scheduledQueryRules", $"jira-webhooks-{name}");

        Assert.Equal(dimensions.Split(", "), rule.At("properties.criteria.allOf")[0].At("dimensions").EnumerateArray().Select(dimension => dimension.Text("name")));
    }

    /// <summary>A caller without a secret can send a body slowly, or break it off: that must not wake anyone.</summary>
    [Theory]
    [InlineData("body")]
    [InlineData("client_left")]
    [InlineData("slow_body")]
    public async Task ServerErrors_WhatTheCallerCauses_IsNotCounted(string reason) =>
        Assert.Matches($@"!in \([^)]*'{reason}'", Query(await Snapshot.DefaultAsync(), "server-errors"));

    /// <summary>Health calls red what the alerts fire on.</summary>
    [Theory]
    [InlineData("LongestWithoutRefresh = TimeSpan.FromHours(26)", "src/JiraWebhooks/Health/SiteState.cs")]
    [InlineData("LongestWithoutPoll = TimeSpan.FromHours(2)", "src/JiraWebhooks/Health/SiteState.cs")]
    [InlineData("OldestCursor = TimeSpan.FromHours(60)", "src/JiraWebhooks/Health/SiteState.cs")]
    [InlineData("Critical = TimeSpan.FromDays(7)", "src/JiraWebhooks/Webhooks/SiteRefresher.cs")]
    public void Threshold_OfHealth_IsThatOfTheAlert(string declaration, string file) =>
        Assert.Contains(declaration, Repository.Read(file), StringComparison.Ordinal);

    [Fact]
    public async Task Alerts_All_TellWhatToDo()
    {
        var alerts = await AlertsAsync();

        Assert.Equal(13, alerts.Count);
        Assert.All(alerts, alert => Assert.Contains(" 1. ", alert.Text("properties.description"), StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Equal("True", alert.Text("properties.enabled")));
    }

    /// <summary>Who is woken at night must not look for a route that is not there.</summary>
    [Fact]
    public async Task Runbooks_RoutesTheyName_Exist()
    {
        var triggers = Repository.Read("tests/FunctionsApp.Tests/TriggerTests.cs");
        var routes = HttpTrigger().Matches(triggers).Select(match => $"{match.Groups[1].Value.ToUpperInvariant()} /api/{match.Groups[2].Value}")
            .Concat(TimerTrigger().Matches(triggers).Select(match => $"POST /admin/functions/{match.Groups[1].Value}")).ToList();
        var texts = (await AlertsAsync()).Select(alert => alert.Text("properties.description")).ToList();
        var named = texts.SelectMany(text => Call().Matches(text)).Select(match => match.Value).Distinct().Order().ToList();

        Assert.Equal(
            [
                "GET /api/deadletters/{subscription}", "GET /api/health/details", "GET /api/live", "POST /admin/functions/PollFailedWebhooks",
                "POST /admin/functions/RefreshWebhooks", "POST /api/deadletters/{subscription}/redrive", "POST /api/sites/{site}/recover",
                "POST /api/sites/{site}/refresh", "POST /api/sites/{site}/secret",
            ],
            named);
        Assert.All(named, call => Assert.Contains(call, routes));
        Assert.All(texts, text => Assert.Equal(Call().Count(text), AnyPath().Count(text)));
    }

    [Fact]
    public async Task Runbooks_PagesTheyName_Exist()
    {
        var texts = (await AlertsAsync()).Select(alert => alert.Text("properties.description")).ToList();

        Assert.All(texts.SelectMany(text => Page().Matches(text)), page => Assert.True(File.Exists(Repository.PathTo(page.Value)), page.Value));
        Assert.Contains(texts, text => text.Contains("docs/deploy.md, Key Vault references", StringComparison.Ordinal));
        Assert.Contains("\n## Key Vault references\n", Repository.Read("docs/deploy.md"), StringComparison.Ordinal);
    }

    /// <summary>An alert that does not say what may be lost sends its reader to the wrong place.</summary>
    [Fact]
    public async Task PossibleLoss_Alert_TellsEveryReasonApart()
    {
        var alert = (await Snapshot.DefaultAsync()).Named("Microsoft.Insights/scheduledQueryRules", "jira-webhooks-possible-loss");
        var reasons = LossReason().Matches(Repository.Read("src/JiraWebhooks/Recovery/Outages/Loss.cs")).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(["old_cursor", "refused_filter"], reasons);
        Assert.All(reasons, reason => Assert.Contains($"{reason}: ", alert.Text("properties.description"), StringComparison.Ordinal));
        Assert.All(reasons, reason => Assert.Contains($"`{reason}`", Repository.Read("docs/deploy.md"), StringComparison.Ordinal));
        Assert.Equal(["Site", "Reason"], alert.At("properties.criteria.allOf")[0].At("dimensions").EnumerateArray().Select(dimension => dimension.Text("name")));
    }

    /// <summary>Operators decide by the table of this page.</summary>
    [Fact]
    public async Task DeployPage_HasEveryAlert_WithItsSeverity() =>
        Assert.All(await AlertsAsync(), alert =>
            Assert.Contains($"\n| `{alert.Text("name")["jira-webhooks-".Length..]}` | {alert.Text("properties.severity")} | ", Repository.Read("docs/deploy.md"), StringComparison.Ordinal));

    [Fact]
    public async Task OperatePage_HasAnEntryForEveryAlert()
    {
        var page = Repository.Read("docs/operate.md");

        Assert.All(await AlertsAsync(), alert =>
        {
            var name = alert.Text("name")["jira-webhooks-".Length..];
            Assert.Matches($@"\n### {name}\n\n- \*\*Means\*\*: .+\n- \*\*Look\*\*: .+\n- \*\*Fix\*\*: .+\n- \*\*Clears\*\*: .+\n", page);
        });
    }

    /// <summary>Azure Monitor resolves an alert only some checks after its condition has ended, and does nothing more until then
    /// (<see href="https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#stateful-alerts"/>).</summary>
    [Theory]
    [InlineData("PT1H", "^(two to three|four to five) hours after ")]
    [InlineData("PT10M", "^an hour after ")]
    [InlineData("PT5M", "^(15 minutes|15 to 30 minutes|half an hour) after ")]
    public async Task OperatePage_WhenAnAlertClears_CountsTheChecksUntilItIsResolved(string every, string time)
    {
        var page = Repository.Read("docs/operate.md");
        var alerts = (await AlertsAsync()).Where(alert => alert.Text("properties.evaluationFrequency") == every).ToList();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            var entry = page.Split($"\n### {alert.Text("name")["jira-webhooks-".Length..]}\n")[1];
            var clears = Clears().Match(entry).Groups[1].Value;
            Assert.Matches(time, clears);

            // The description says the same, if it says anything.
            var inDescription = ItClears().Match(alert.Text("properties.description")).Groups[1].Value;
            Assert.StartsWith(inDescription, clears, StringComparison.Ordinal);
        });
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

    private static async Task<List<JsonElement>> AlertsAsync()
    {
        var plan = await Snapshot.DefaultAsync();
        return [.. plan.OfType("Microsoft.Insights/metricAlerts"), .. plan.OfType("Microsoft.Insights/scheduledQueryRules")];
    }

    private static string Query(Snapshot plan, string name) =>
        plan.Named("Microsoft.Insights/scheduledQueryRules", $"jira-webhooks-{name}").At("properties.criteria.allOf")[0].Text("query").ReplaceLineEndings("\n");

    [GeneratedRegex("""InlineData\("\w+", AuthorizationLevel\.\w+, "(\w+)", "([^"]+)"\)""")]
    private static partial Regex HttpTrigger();

    [GeneratedRegex("""InlineData\("(\w+)", "%\w+Schedule%"\)""")]
    private static partial Regex TimerTrigger();

    [GeneratedRegex(@"(GET|POST|PUT|DELETE) /(api|admin)/[\w/{}]+")]
    private static partial Regex Call();

    [GeneratedRegex("const string \\w+ = \"(\\w+)\"")]
    private static partial Regex LossReason();

    [GeneratedRegex(@"\n- \*\*Clears\*\*: (.+)\n")]
    private static partial Regex Clears();

    [GeneratedRegex("It clears ([^.;]+)")]
    private static partial Regex ItClears();

    [GeneratedRegex("/(api|admin)/")]
    private static partial Regex AnyPath();

    [GeneratedRegex(@"(docs/)?\w+\.md|README")]
    private static partial Regex Page();
}
