using System.Globalization;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Health;
using JiraWebhooks.Telemetry;
using LocalHost.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LocalHost.View;

/// <summary>A live view on the terminal: per site the webhooks' expiry, the deliveries and the cursor, and the last log lines. It only reads
/// what an operator can read too: the meter and Health.</summary>
internal sealed partial class Dashboard(IHealthReporter health, LogLines lines, TimeProvider clock, ILogger<Dashboard> logger, LocalBus? bus = null) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Counts _counts = new();

    /// <summary>Draws <paramref name="report"/>; it fits into 80 columns.</summary>
    public IRenderable Draw(HealthReport report, int width)
    {
        var sites = report.Sites ?? [];
        var table = new Table().Border(TableBorder.Simple).Title($"Jira webhooks, {clock.GetUtcNow():MM-dd HH:mm:ss} UTC");
        var gap = width < 100 ? 0 : 2;
        table.AddColumn(Column("site", gap, wraps: true)).AddColumn(Column("state", gap));
        foreach (var number in new[] { "accepted", "refused", "again", "recovered" }) table.AddColumn(Column(number, gap).RightAligned());
        table.AddColumn(Column("expiry", gap)).AddColumn(Column("cursor", gap));
        foreach (var site in sites)
        {
            table.AddRow(
                new Text(site.Site), new Text(State(site.State), new Style(site.State == "ok" ? Color.Green : Color.Red)),
                Count(site.Site, DeliveryMetrics.Accepted), Count(site.Site, DeliveryMetrics.Refused),
                Count(site.Site, DeliveryMetrics.Unavailable), Count(site.Site, MetricNames.Recovered),
                Time(site.SoonestExpiry), Time(site.Cursor));
        }

        table.AddRow(new Text("(unknown)"), Text.Empty, Text.Empty, Count("", DeliveryMetrics.Refused), Text.Empty, Text.Empty, Text.Empty, Text.Empty);
        return new Rows([
            table,
            .. (bus?.Subscriptions ?? []).Select(subscription => Line($"{subscription.Name}: {subscription.Active} active, {subscription.Dead} dead", width, Color.Grey)),
            .. sites.Where(site => site.Reason is not null).Select(site => Line($"{site.Site}: {site.Reason}", width, Color.Red)),
            .. lines.Last.Select(line => Line(line, width, Color.Yellow))]);
    }

    /// <summary>Shows the view until the host stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var shown = lines.Show();
        try
        {
            await AnsiConsole.Live(Text.Empty).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
            {
                using var pause = new PeriodicTimer(Pause, clock);
                do
                {
                    var report = await health.ReportAsync(details: true, stopping);
                    stopping.ThrowIfCancellationRequested(); // a report during the stop says nothing about the sites
                    live.UpdateTarget(Draw(report, AnsiConsole.Profile.Width));
                }
                while (await pause.WaitForNextTickAsync(stopping));
            });
        }
        catch (OperationCanceledException)
        {
            // the host stops
        }
        catch (Exception error)
        {
            shown.Dispose();
            Log.Broken(logger, error);
        }
    }

    public void Dispose() => _counts.Dispose();

    private Text Count(string site, string name) => new(_counts.Of(site, name).ToString(CultureInfo.InvariantCulture));

    private static TableColumn Column(string header, int gap, bool wraps = false) => new(new Text(header)) { NoWrap = !wraps, Padding = new Padding(0, 0, gap, 0) };

    private static string State(string state) => state == "reconnect_required" ? "reconnect" : state;

    private static Text Time(DateTimeOffset? time) => new(time?.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-");

    // Cut to one line, so that the table stays visible; Health has the whole text.
    private static Text Line(string text, int width, Color color) => new(text.Length < width ? text : $"{text[..(width - 2)]}…", new Style(color));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The view has stopped; the host continues.")]
        public static partial void Broken(ILogger logger, Exception error);
    }
}
