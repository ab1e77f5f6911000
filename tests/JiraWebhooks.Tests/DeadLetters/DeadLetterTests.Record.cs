using JiraWebhooks.DeadLetters;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace JiraWebhooks.Tests.DeadLetters;

/// <content>What a poll measures and counts.</content>
public sealed partial class DeadLetterTests
{
    private readonly DeadLetterTable _table = new(new LazyTable(new InMemoryTables(), TableNames.Status));

    [Fact(Timeout = Limits.Hang)]
    public async Task Record_Poll_MeasuresAgeAndCountsOnlyNewLetters()
    {
        using var fresh = Metrics.Counter("jira.bus.dead_new");
        var gauges = Gauges(_monitor);
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"));

        await gauges.RecordAsync(Token);
        await gauges.RecordAsync(Token);
        Assert.Equal([2], fresh.GetMeasurementSnapshot().Select(measurement => measurement.Value));

        await KillAsync("default", Message("3", "SHOP-3"));
        _clock.Advance(TimeSpan.FromHours(5));
        await gauges.RecordAsync(Token);

        Assert.Equal([2, 1], fresh.GetMeasurementSnapshot().Select(measurement => measurement.Value));
        Assert.Equal(5, (await _monitor.StateAsync("other", Token)).OldestAge!.Value.TotalHours);
        Assert.Equal(3, (await _monitor.StateAsync("default", Token)).Dead);
    }

    private SubscriptionGauges Gauges(SubscriptionMonitor monitor) => new(monitor, _table, TimeProvider.System, NullLogger<SubscriptionGauges>.Instance);
}
