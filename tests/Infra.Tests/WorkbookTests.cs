using System.Text.Json;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The workbook is one JSON file; the portal shows an error in place of a part that it does not understand.</summary>
public sealed class WorkbookTests
{
    private const int Text = 1;
    private const int Query = 3;
    private const int Parameters = 9;
    private const int Metric = 10;

    private static readonly JsonElement Workbook = JsonDocument.Parse(Repository.Read("infra/workbook/workbook.json")).RootElement;

    /// <summary>The queries of the workbook; <see cref="MetricNameTests"/> compares their names with the code.</summary>
    public static IReadOnlyList<string> Queries => [.. Items(Query).Select(item => Content(item).GetProperty("query").GetString()!)];

    [Fact]
    public void Items_AreOfKnownTypesWithNamesOfTheirOwn()
    {
        var items = Workbook.GetProperty("items").EnumerateArray().ToList();
        var names = items.Select(item => item.GetProperty("name").GetString()).ToList();

        Assert.Equal("Notebook/1.0", Workbook.GetProperty("version").GetString());
        Assert.All(items, item => Assert.Contains(item.GetProperty("type").GetInt32(), new[] { Text, Query, Parameters, Metric }));
        Assert.Equal(names.Distinct(), names);
    }

    /// <summary>A query without the time of the page would silently show the last day.</summary>
    [Fact]
    public void Queries_AllAskTheWorkspaceForTheTimeOfThePage()
    {
        var parameter = Content(Assert.Single(Items(Parameters))).GetProperty("parameters")[0].GetProperty("name").GetString();

        Assert.NotEmpty(Queries);
        Assert.All(Items(Query), item =>
        {
            Assert.Equal("KqlItem/1.0", Content(item).GetProperty("version").GetString());
            Assert.Equal("microsoft.operationalinsights/workspaces", Content(item).GetProperty("resourceType").GetString());
            Assert.Equal(parameter, Content(item).GetProperty("timeContextFromParameter").GetString());
            Assert.Contains(Content(item).GetProperty("visualization").GetString(), new[] { "table", "tiles", "timechart", "barchart" });
            Assert.NotEmpty(Content(item).GetProperty("title").GetString()!);
        });
        Assert.All(Queries, query => Assert.Contains("AppMetrics", query, StringComparison.Ordinal));
        Assert.All(Queries, query => Assert.Equal(query.Count(letter => letter == '('), query.Count(letter => letter == ')')));
    }

    [Theory]
    [InlineData("jira.webhooks.expiry")]
    [InlineData("jira.refresh.age")]
    [InlineData("jira.failed.cursor_age")]
    [InlineData("jira.deliveries.accepted")]
    [InlineData("jira.deliveries.refused")]
    [InlineData("jira.deliveries.unavailable")]
    [InlineData("jira.failed.recovered")]
    [InlineData("jira.delivery.duration")]
    [InlineData("jira.bus.oldest_age")]
    [InlineData("jira.bus.dead")]
    public void Metric_ThatAnOperatorLooksFor_IsInAQuery(string metric) => Assert.Contains(Queries, query => query.Contains($"'{metric}'", StringComparison.Ordinal));

    [Fact]
    public async Task Workbook_OfADeployment_NamesTheWorkspaceAndTheNamespace()
    {
        var plan = await Snapshot.DefaultAsync();
        var workbook = plan.Single("Microsoft.Insights/workbooks");
        var text = workbook.Text("properties.serializedData");

        Assert.Equal("shared", workbook.Text("kind"));
        Assert.Equal(plan.Single("Microsoft.OperationalInsights/workspaces").Text("id"), workbook.Text("properties.sourceId"));
        var data = JsonDocument.Parse(text).RootElement;
        Assert.Equal(plan.Single("Microsoft.OperationalInsights/workspaces").Text("id"), data.GetProperty("fallbackResourceIds")[0].GetString());
        var backlog = data.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("type").GetInt32() == Metric);
        Assert.Equal(plan.Single("Microsoft.ServiceBus/namespaces").Text("id"), Content(backlog).GetProperty("resourceIds")[0].GetString());
        Assert.DoesNotContain("{workspace}", text, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Items(int type) => Workbook.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("type").GetInt32() == type);

    private static JsonElement Content(JsonElement item) => item.GetProperty("content");
}
