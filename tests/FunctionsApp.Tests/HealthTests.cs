using System.Text.Json;
using JiraWebhooks.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsApp.Tests;

public sealed class HealthTests
{
    private static readonly SiteHealth Acme = new("acme", "unhealthy", "A webhook expires within 7 days.", null, null, null, null, null, null);

    [Theory]
    [InlineData(true, 200, """{"status":"ok"}""")]
    [InlineData(false, 503, """{"status":"unhealthy"}""")]
    [Trait("Rule", "health-per-site")]
    public async Task Health_ToAnybody_SaysNothingButTheState(bool healthy, int status, string expected)
    {
        var reporter = new Reporter(new HealthReport(healthy, [Acme]));

        var (code, body) = await AnswerAsync(await new Health(reporter).RunAsync(new DefaultHttpContext().Request, TestContext.Current.CancellationToken));

        Assert.Equal(status, code);
        Assert.Equal(expected, body);
        Assert.Equal([false], reporter.Asked);
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task HealthDetails_WithTheKey_ShowsEverySite()
    {
        var reporter = new Reporter(new HealthReport(false, [Acme]));

        var (_, body) = await AnswerAsync(await new Health(reporter).DetailsAsync(new DefaultHttpContext().Request, TestContext.Current.CancellationToken));

        using var json = JsonDocument.Parse(body);
        var site = Assert.Single(json.RootElement.GetProperty("sites").EnumerateArray());
        Assert.Equal("acme", site.GetProperty("site").GetString());
        Assert.Equal(Acme.Reason, site.GetProperty("reason").GetString());
        Assert.Equal([true], reporter.Asked);
    }

    [Theory]
    [InlineData("?max=1", 200, "acme", "globex")]
    [InlineData("?from=globex", 200, "globex", null)]
    [InlineData("?from=acme&max=2", 200, "acme,globex", null)]
    [InlineData("?max=0", 400, null, null)]
    [InlineData("?max=1001", 400, null, null)]
    [InlineData("?max=all", 400, null, null)]
    public async Task HealthDetails_InPages_NamesTheNextSite(string query, int status, string? sites, string? next)
    {
        var reporter = new Reporter(new HealthReport(false, [Acme with { Site = "globex" }, Acme]));
        var request = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;

        var (code, body) = await AnswerAsync(await new Health(reporter).DetailsAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(status, code);
        using var json = JsonDocument.Parse(body);
        if (status == 400) Assert.Equal("max must be a whole number from 1 to 1000.", json.RootElement.GetProperty("detail").GetString());
        else Assert.Equal(sites, string.Join(',', json.RootElement.GetProperty("sites").EnumerateArray().Select(site => site.GetProperty("site").GetString())));
        Assert.Equal(next, json.RootElement.TryGetProperty("next", out var following) ? following.GetString() : null);
    }

    private static async Task<(int Status, string Body)> AnswerAsync(IResult result)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body }, RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        await result.ExecuteAsync(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    private sealed class Reporter(HealthReport report) : IHealthReporter
    {
        public List<bool> Asked { get; } = [];

        public Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken)
        {
            Asked.Add(details);
            return Task.FromResult(report);
        }

        public Task<IReadOnlyList<SiteHealth>> ReportAsync(IReadOnlyList<JiraWebhooks.Sites.Site> some, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
