using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.DeadLetters;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace JiraWebhooks.Tests.DeadLetters;

/// <content>What a poll measures and counts.</content>
public sealed partial class DeadLetterTests
{
    private readonly InMemoryTables _tables = new();

    private DeadLetterTable Table => field ??= new DeadLetterTable(new LazyTable(_tables, TableNames.Status));

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

    [Fact(Timeout = Limits.Hang)]
    public async Task Record_MoreThan250Letters_StillCountsTheNewOnes()
    {
        using var fresh = Metrics.Counter("jira.bus.dead_new");
        var gauges = Gauges(_monitor);
        await KillAsync("default", [.. Enumerable.Range(1, SubscriptionMonitor.MostPeeked + 1).Select(number => Message($"{number}", "SHOP-1"))]);
        await gauges.RecordAsync(Token);
        await gauges.RecordAsync(Token);

        await KillAsync("default", Message("a", "SHOP-2"), Message("b", "SHOP-2"));
        await gauges.RecordAsync(Token);
        await gauges.RecordAsync(Token);

        Assert.Equal([SubscriptionMonitor.MostPeeked, 1, 2], fresh.GetMeasurementSnapshot().Select(measurement => measurement.Value));
    }

    /// <summary>Numbers begin at 1 in each namespace, so a mark of another one would hide the letters below it.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Record_NewNamespace_CountsFromTheStart()
    {
        using var fresh = Metrics.Counter("jira.bus.dead_new");
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"));
        await Gauges(_monitor).RecordAsync(Token);
        await using var moved = new ServiceBusClient(_bus.ConnectionString.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        await Gauges(Monitor(moved)).RecordAsync(Token);
        await Gauges(Monitor(moved)).RecordAsync(Token);

        Assert.Equal([2, 2], fresh.GetMeasurementSnapshot().Select(measurement => measurement.Value));
    }

    /// <summary>Otherwise an update would report every old letter as new.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Record_MarkOfAnOlderVersion_CountsOnlyWhatCameSince()
    {
        using var fresh = Metrics.Counter("jira.bus.dead_new");
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"));
        await Gauges(_monitor).RecordAsync(Token);
        var table = _tables.GetTableClient(TableNames.Status);
        var row = (await table.GetEntityIfExistsAsync<TableEntity>("$bus", "default", cancellationToken: Token)).Value!;
        row.Remove("Topic");
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, Token);
        await KillAsync("default", Message("3", "SHOP-3"));

        await Gauges(_monitor).RecordAsync(Token);

        Assert.Equal([2, 1], fresh.GetMeasurementSnapshot().Select(measurement => measurement.Value));
    }

    private SubscriptionGauges Gauges(SubscriptionMonitor monitor) => new(monitor, Table, TimeProvider.System, NullLogger<SubscriptionGauges>.Instance);
}
