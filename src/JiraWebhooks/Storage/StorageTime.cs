using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>Gives the time of storage (docs/architecture.md#storage-has-the-clock). The clock of a host can be wrong, also for hours; all hosts share
/// the clock of storage, which is in the <c>Date</c> of each answer. The recovery saves times of this clock, and compares them with it.</summary>
/// <param name="ours">The clock of this host.</param>
/// <param name="storage">The clock of storage in a simulation; null reads it from the <c>Date</c> header of each answer.</param>
public sealed class StorageTime(TimeProvider ours, TimeProvider? storage = null)
{
    /// <summary>The <c>Date</c> of an answer has whole seconds, while the time of a row has fractions.</summary>
    internal static readonly TimeSpan Grain = TimeSpan.FromSeconds(1);

    /// <summary>The clock of storage, as <paramref name="answer"/> has just shown it, in whole seconds. Later times are counted from there, and setting
    /// the clock of this host does not change them. Without a <c>Date</c>, it is the clock of this host.</summary>
    internal TimeProvider ClockOf(Response answer) => storage ?? new Clock(answer.Headers.Date ?? ours.GetUtcNow(), ours);

    /// <summary>Reads a row; null if there is none.</summary>
    internal async Task<(TableEntity? Row, TimeProvider Clock)> FindAsync(TableClient table, string partition, string row, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken);
        return (found.HasValue ? found.Value : null, ClockOf(found.GetRawResponse()));
    }

    private sealed class Clock(DateTimeOffset at, TimeProvider ours) : TimeProvider
    {
        private readonly long _since = ours.GetTimestamp();

        public override long TimestampFrequency => ours.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => at + ours.GetElapsedTime(_since);

        public override long GetTimestamp() => ours.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            ours.CreateTimer(callback, state, dueTime, period);
    }
}
