using System.Text.Json;
using EndToEnd.Tests.Support;
using JiraSimulator;
using LocalHost.Functions;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;

namespace EndToEnd.Tests;

/// <summary><c>plan</c> as a user runs it, beside a Jira and a host.</summary>
public sealed class PlanTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly int _port = LocalHostProcess.FreePort();
    private readonly SimulatedJira _jira = new(TimeProvider.System);
    private Dictionary<string, string?> _settings = [];
    private WebApplication _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var port = LocalHostProcess.FreePort();
        var root = new Uri($"http://localhost:{port}/jira");
        SimulatedSites.Add(_jira, new Uri($"http://localhost:{_port}"));
        _server = await LocalServer.StartAsync(port, server => server.MapGroup("/jira").MapJiraSimulator(_jira), Token);
        _settings = SimulatedSites.Settings(_jira, root).ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        _settings["AzureWebJobsStorage"] = await azurite.NewAccountAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact(Timeout = Limits.Hang)]
    public async Task Plan_BesideARunningHost_ShowsAChangeOfTheSettingsBeforeItIsDone()
    {
        var first = await PlanAsync();
        await using var host = await LocalHostProcess.ListeningAsync(_port, _settings, Token);
        using var manager = Manager();
        using var refreshed = await manager.PostAsync("/api/sites/globex/refresh", null, Token);
        refreshed.EnsureSuccessStatusCode();
        var second = await PlanAsync();
        _settings["Sites__globex__Webhooks__issues__Jql"] = "project = OTHER";
        var third = await PlanAsync();

        Assert.Equal("exit 2: create comments, create issues", first);
        Assert.Equal("exit 0: extend comments, extend issues", second);
        Assert.Equal("exit 2: extend comments, replace issues", third);
        Assert.Equal(["project = SHOP", "project = SHOP"], _jira.Sites.Single(site => site.Options.Slug == "globex").Webhooks.Select(webhook => webhook.Jql));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Plan_AsText_ShowsEachSiteAndTheSum()
    {
        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}"], _settings, Token);

        Assert.Equal(2, plan.Process.ExitCode);
        Assert.Equal(
            ["acme", "   + create   comments", "   + create   issues", "globex", "   + create   comments", "   + create   issues", "initech", "4 to create. Nothing was changed."],
            plan.Output.Where(line => line.Length > 0 && (line[0] != ' ' || line.Contains('+', StringComparison.Ordinal))));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Plan_WithoutSitesInTheSettings_AsksTheRunningHost()
    {
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = _settings["AzureWebJobsStorage"] };
        await using var host = await LocalHostProcess.ListeningAsync(_port, settings, Token);
        await host.UntilAsync(() => host.Output.Any(line => line.Contains("Refresh of globex", StringComparison.Ordinal)), Token);

        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}", "--site", "globex"], settings, Token);

        Assert.Equal(0, plan.Process.ExitCode);
        Assert.Equal("globex", plan.Output.First());
        Assert.Equal("2 to extend. Nothing was changed.", plan.Output.Last(line => line.Length > 0));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Plan_OfAnUnknownSite_IsAnErrorInASentence()
    {
        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}", "--site", "nowhere"], _settings, Token);

        Assert.Equal(1, plan.Process.ExitCode);
        Assert.Equal("There is no site nowhere.", Assert.Single(plan.Errors));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Plan_OfASiteThatCannotWork_ShowsTheOthersAndIsAnError()
    {
        _settings["Sites__globex__Secret"] = "";

        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}"], _settings, Token);

        Assert.Equal(1, plan.Process.ExitCode);
        Assert.Contains(plan.Output, line => line.StartsWith("  error: Site globex is not usable: Secret is empty", StringComparison.Ordinal));
        Assert.Equal(2, plan.Output.Count(line => line.Contains("+ create", StringComparison.Ordinal)));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("<html></html>")]
    [InlineData("null")]
    [InlineData("""{"sites":[]}""")]
    [InlineData("""[{"name":"globex"}]""")]
    [InlineData("""[{"site":"globex"}]""")]
    public async Task Plan_BesideAnotherProgramOnThePort_IsMadeWithoutIt(string answer)
    {
        await using var other = await LocalServer.StartAsync(_port, server => server.MapFallback(() => answer), Token);
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = _settings["AzureWebJobsStorage"] };

        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}"], settings, Token);

        Assert.Equal(1, plan.Process.ExitCode);
        Assert.Equal("There is no site: add one to the settings or over the API.", Assert.Single(plan.Errors));
    }

    private async Task<string> PlanAsync()
    {
        await using var plan = await LocalHostProcess.EndedAsync(["plan", "--port", $"{_port}", "--site", "globex", "--json"], _settings, Token);
        using var json = JsonDocument.Parse(string.Concat(plan.Output));
        var steps = json.RootElement[0].GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("action")} {step.GetProperty("webhook")}");
        return $"exit {plan.Process.ExitCode}: {string.Join(", ", steps)}";
    }

    private HttpClient Manager()
    {
        var manager = new HttpClient { BaseAddress = new Uri($"http://localhost:{_port}") };
        manager.DefaultRequestHeaders.Add(FunctionKey.Header, LocalHostProcess.Key());
        return manager;
    }
}
