using System.Text.Json;
using JiraSimulator;
using LocalHost.Simulation;

namespace Soak;

/// <summary>One run: events of three sites, a schedule of faults, and at the end nothing that is still due.</summary>
internal sealed class SoakRun(
    SimulatedJira jira, Hosts hosts, HttpClient http, ManagementCalls calls, Chaos chaos, Rotation rotation, IDrain drain, Balance balance, int mostPending,
    CancellationToken cancellationToken)
{
    private const int Burst = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenPolls = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMinutes(1);

    // A run that was killed holds its lease for a minute.
    private static readonly TimeSpan LastPolls = TimeSpan.FromMinutes(2);

    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly string[] Sites = [SimulatedSites.Connect, SimulatedSites.OAuth, SimulatedSites.Admin];

    /// <summary>Emits events while things go wrong.</summary>
    public async Task EmitAsync(int events, Random random)
    {
        await hosts.StartAsync(0);
        await rotation.AddAsync(cancellationToken);
        await CallAsync($"/api/sites/{SimulatedSites.Connect}/refresh");
        await CallAsync($"/api/sites/{SimulatedSites.OAuth}/refresh");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var others = Task.WhenAll(
            RepeatAsync(() => jira.DeliverDueAsync(http, cancellationToken), stop.Token),
            RepeatAsync(chaos.NextAsync, stop.Token),
            RepeatAsync(PollAsync, stop.Token),
            RepeatAsync(() => drain.TakeAsync(cancellationToken), stop.Token),
            rotation.RunAsync(stop.Token, cancellationToken),
            ReportAsync(stop.Token));
        while (jira.Ledger.Emitted.Count < events && !others.IsFaulted)
        {
            if (jira.Pending < mostPending) EmitSome(random);
            await Task.Delay(Pause, Clock, cancellationToken);
        }

        await stop.CancelAsync();
        await others;
    }

    /// <summary>Nothing goes wrong any more: what is due is delivered, what is on the failed list is recovered, and what is on the way is taken.</summary>
    public async Task SettleAsync()
    {
        chaos.End();
        await hosts.StartAsync(0);
        while (jira.NextDue is not null)
        {
            await jira.DeliverDueAsync(http, cancellationToken);
            await Task.Delay(Pause, Clock, cancellationToken);
        }

        for (var started = Clock.GetTimestamp(); !await IsRecoveredAsync() && Clock.GetElapsedTime(started) < LastPolls;)
        {
            await Task.Delay(BetweenPolls, Clock, cancellationToken);
        }

        while (await drain.TakeAsync(cancellationToken) > 0)
        {
            // Until it is empty.
        }
    }

    private void EmitSome(Random random)
    {
        for (var number = 0; number < Burst; number++)
        {
            var issue = random.Next(1, 200);
            jira.Emit(
                Sites[random.Next(Sites.Length)],
                "jira:issue_updated",
                $$"""{"timestamp":{{Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"issue":{"id":"{{10_000 + issue}}","key":"SHOP-{{issue}}"},"number":{{random.Next()}} }""");
        }
    }

    private async Task RepeatAsync(Func<Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await work();
            await Task.Delay(Pause, Clock, cancellationToken);
        }
    }

    private async Task ReportAsync(CancellationToken stop)
    {
        using var minute = new PeriodicTimer(BetweenReports, Clock);
        try
        {
            while (await minute.WaitForNextTickAsync(stop)) Console.WriteLine($"{jira.Ledger.Emitted.Count} emitted, {balance.Messages} received, {jira.Pending} wait for an attempt");
        }
        catch (OperationCanceledException)
        {
            // All events are emitted.
        }
    }

    private async Task PollAsync()
    {
        await CallAsync("/admin/functions/PollFailedWebhooks");
        await Task.Delay(BetweenPolls, Clock, cancellationToken);
    }

    // The first call may end at a lease or a Retry-After; the second says whether anything was left.
    private async Task<bool> IsRecoveredAsync()
    {
        var path = $"/api/sites/{SimulatedSites.Connect}/recover?minutes=60";
        await CallAsync(path);
        using var answer = await calls.SendAsync(HttpMethod.Post, path, null, cancellationToken);
        return answer is { IsSuccessStatusCode: true }
            && JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).RootElement is var poll
            && poll.TryGetProperty("busy", out var busy) && !busy.GetBoolean()
            && !poll.TryGetProperty("problem", out _);
    }

    private async Task CallAsync(string path)
    {
        using var answer = await calls.SendAsync(HttpMethod.Post, path, null, cancellationToken);
    }
}
