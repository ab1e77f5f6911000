using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Diagnostics;
using Spectre.Console;

namespace LocalHost.View;

/// <summary>What happens, live on the terminal: per site the webhooks' expiry, the deliveries and the cursor. It reads what an operator
/// could read too: the meter and Health.</summary>
internal sealed class Dashboard(IHealthReporter health, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Site, string Name), long> _counts = new();

    /// <summary>The table for <paramref name="report"/>.</summary>
    public Table Draw(HealthReport report)
    {
        var table = new Table().Title("Jira webhooks").Border(TableBorder.Rounded)
            .AddColumns("site", "state", "accepted", "refused", "asked again", "recovered", "soonest expiry", "failed list read to", "last refresh");
        foreach (var site in report.Sites ?? [])
        {
            var state = site.State == "ok" ? "[green]ok[/]" : $"[red]{Markup.Escape(site.State)}[/]";
            table.AddRow(
                Markup.Escape(site.Site), state, Count(site.Site, DeliveryMetrics.Accepted), Count(site.Site, DeliveryMetrics.Refused),
                Count(site.Site, DeliveryMetrics.Unavailable), Count(site.Site, MetricNames.Recovered), Time(site.SoonestExpiry), Time(site.Cursor), Time(site.LastRefresh));
            if (site.Reason is { } reason) table.AddRow("", Markup.Escape(reason));
        }

        return table.Caption($"{clock.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC, refused from nobody we know: {Count("", DeliveryMetrics.Refused)}");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = Listen();
        await AnsiConsole.Live(new Text("Starting.")).StartAsync(async live =>
        {
            using var pause = new PeriodicTimer(Pause, clock);
            while (await pause.WaitForNextTickAsync(stoppingToken))
            {
                live.UpdateTarget(Draw(await health.ReportAsync(details: true, stoppingToken)));
            }
        });
    }

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Telemetry.Name) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var site = "";
            foreach (var (name, tag) in tags)
            {
                if (name == MetricNames.SiteTag) site = tag as string ?? "";
            }

            _counts.AddOrUpdate((site, instrument.Name), value, (_, sum) => sum + value);
        });
        listener.Start();
        return listener;
    }

    private string Count(string site, string name) => _counts.GetValueOrDefault((site, name)).ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}
