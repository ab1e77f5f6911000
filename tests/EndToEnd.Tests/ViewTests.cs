using JiraWebhooks.Health;
using JiraWebhooks.OAuth;
using LocalHost.Connect;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.View;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace EndToEnd.Tests;

/// <summary>What LocalHost shows in the terminal.</summary>
public sealed class ViewTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 5, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly LogLines _lines;

    public ViewTests() => _lines = new LogLines(_clock);

    public void Dispose() => _lines.Dispose();

    [Fact]
    public void Dashboard_OnEightyColumns_HasALineASiteAndCutsNoHeader()
    {
        var lines = Draw(new HealthReport(false,
        [
            Site("acme") with { SoonestExpiry = Now.AddDays(30), Cursor = Now },
            Site("globex") with { State = "unhealthy", Reason = new string('x', 300) },
            Site("initech") with { State = "reconnect_required", SoonestExpiry = Now.AddDays(30), Cursor = Now },
        ]));

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["site", "state", "accepted", "refused", "again", "recovered", "expiry", "cursor"]);
        Assert.Contains("12-24 09:05 11-24 09:05", Assert.Single(lines, line => line.Contains("acme", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("reconnect ", Assert.Single(lines, line => line.Contains("initech", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("globex: xxx", Assert.Single(lines, line => line.Contains("xx", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.InRange(lines.Count, 8, 14);
    }

    [Fact]
    public void Dashboard_LogLines_AreTheLastFiveBelowTheTableAndNowhereElse()
    {
        var logger = _lines.CreateLogger("JiraWebhooks");
        using (_lines.Show())
        {
            for (var number = 1; number <= 7; number++) logger.Log(LogLevel.Warning, default, number, new InvalidOperationException("first\nsecond"), (state, _) => $"Line {state}.");
        }

        var lines = Draw(new HealthReport(true, [Site("acme")]));

        Assert.Equal(Enumerable.Range(3, 5).Select(number => $"09:05:00 warn: Line {number}. InvalidOperationException: first"), lines.TakeLast(5));
        Assert.DoesNotContain(lines, line => line.Contains("second", StringComparison.Ordinal));
    }

    [Fact]
    public void Log_AggregateOfTheStorageSdk_IsOneLineThatNamesItsCause()
    {
        var error = new AggregateException("Retry failed after 2 tries.", new HttpRequestException("Connection refused (127.0.0.1:1)\n   at X"), new HttpRequestException("again"));

        Assert.Equal("fail: Away. HttpRequestException: Connection refused (127.0.0.1:1)", OneLineFormatter.Text(LogLevel.Error, "Away.", error, (state, _) => state));
    }

    [Fact]
    public void ConnectSettings_SitesWhoseNamesBecomeOne_AreKeptApart()
    {
        string[] hosts = ["my-site", "mysite", new('a', 40), new string('a', 33) + "b", new('a', 31)];

        var settings = ConnectSettings.For(hosts.Select(host => new AccessibleResource(host, Url: new Uri($"https://{host}.atlassian.net"))), "client", "default").ToList();

        string[] slugs = ["mysite", "mysite2", new('a', 32), new string('a', 31) + "2", new('a', 31)];
        Assert.Equal(slugs, settings.Select(text => text.Split("__")[1]));
    }

    /// <summary>The system's timers end at 49 days.</summary>
    [Fact(Timeout = Limits.Hang)]
    [Trait("Decision", "schedules")]
    public async Task Timer_OfAScheduleMonthsAway_Waits()
    {
        var waiting = TimerService.WaitAsync(Now.AddDays(80).UtcDateTime, _clock, TestContext.Current.CancellationToken);
        for (var day = 0; day < 79; day++) _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromDays(1));

        await waiting;
    }

    private static SiteHealth Site(string name) => new(name, "ok", null, null, null, null, null, null, null);

    private List<string> Draw(HealthReport report)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 80;
        using var dashboard = new Dashboard(new Unasked(), _lines, _clock, NullLogger<Dashboard>.Instance);
        console.Write(dashboard.Draw(report, 80));
        return [.. text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }

    private sealed class Unasked : IHealthReporter
    {
        public Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<SiteHealth>> ReportAsync(IReadOnlyList<JiraWebhooks.Sites.Site> some, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
