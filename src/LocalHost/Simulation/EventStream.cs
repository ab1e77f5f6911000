using JiraSimulator;

namespace LocalHost.Simulation;

/// <summary>Simulates people who work on the sites: about one event per second, delivered as Jira would.</summary>
internal sealed class EventStream(SimulatedJira jira, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private readonly Random _random = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var pause = new PeriodicTimer(Pause, clock);
        while (await pause.WaitForNextTickAsync(stoppingToken))
        {
            if (_random.Next(10) < 4)
            {
                var site = jira.Sites[_random.Next(jira.Sites.Count)].Options;
                var (name, body) = BelievableEvents.Next(_random, site.Url, clock.GetUtcNow());
                jira.Emit(site.Slug, name, body);
            }

            await jira.DeliverDueAsync(client, stoppingToken);
        }
    }
}
