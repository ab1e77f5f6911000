namespace JiraSimulator;

/// <summary>Sends what is due, for as long as the program runs.</summary>
internal sealed class DeliveryLoop(SimulatedJira jira, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var pause = new PeriodicTimer(Pause, clock);
        while (await pause.WaitForNextTickAsync(stoppingToken)) await jira.DeliverDueAsync(client, stoppingToken);
    }
}
