using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Recovery;

/// <summary>A time in which webhooks of a site were missing.</summary>
/// <param name="From">When they were last known to exist.</param>
/// <param name="Version">Version of the row.</param>
public sealed record MissingWebhooks(DateTimeOffset From, ETag Version);

/// <summary>Rows <c>outage</c> and <c>missing</c> of a site, next to its cursor: the signs that something was lost. If another instance writes first,
/// nothing is written; the next run handles what remains.</summary>
public sealed class OutageTable(LazyTable cursors, StorageTime time)
{
    private const string OutageRow = "outage";
    private const string MissingRow = "missing";

    /// <summary>The recorded outage, or null.</summary>
    public async Task<Outage?> ReadAsync(string site, CancellationToken cancellationToken) =>
        Outage((await FindAsync(site, OutageRow, cancellationToken)).Row);

    /// <summary>Records a failure, for which events may be missing since <paramref name="since"/>; null means since the failure itself. Instances may
    /// overwrite each other's last minute of records.</summary>
    /// <param name="site">The site's slug.</param>
    /// <param name="at">When it was: a value of <c>TimeProvider.GetTimestamp()</c> on this host, not a date, because storage may be slow to say its
    /// time.</param>
    /// <param name="since">Since when events may be missing, or null.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task RecordFailureAsync(string site, long at, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var (row, clock) = await FindAsync(site, OutageRow, cancellationToken);
        var last = clock.GetUtcNow() - clock.GetElapsedTime(at);
        var from = new[] { Outage(row)?.From, since, last }.Min();
        await table.UpsertEntityAsync(new TableEntity(site, OutageRow) { ["From"] = from, ["Last"] = last }, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>Records that a delivery was accepted, if there is an outage to end.</summary>
    /// <param name="site">The site's slug.</param>
    /// <param name="at">When it was: a value of <c>TimeProvider.GetTimestamp()</c> on this host, not a date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task RecordAcceptedAsync(string site, long at, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var (row, clock) = await FindAsync(site, OutageRow, cancellationToken);
        if (row is null) return;

        var accepted = clock.GetUtcNow() - clock.GetElapsedTime(at);
        await table.TryWriteAsync(new TableEntity(site, OutageRow) { ["Accepted"] = accepted }, row.ETag, cancellationToken, TableUpdateMode.Merge);
    }

    /// <summary>Closes an outage for which nothing is left to do, unless it has grown since it was read. An outage that never ended stays open
    /// without its times.</summary>
    public async Task SettleAsync(string site, Outage outage, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        if (outage.HasEnded) await table.TryDeleteAsync(site, OutageRow, outage.Version, cancellationToken);
        else if (outage.From is not null) await table.TryWriteAsync(new TableEntity(site, OutageRow) { ["Unended"] = true }, outage.Version, cancellationToken);
    }

    /// <summary>The record that webhooks were missing, or null.</summary>
    public async Task<MissingWebhooks?> MissingAsync(string site, CancellationToken cancellationToken) =>
        (await FindAsync(site, MissingRow, cancellationToken)).Row is { } row && row.PastTime("From") is { } from ? new MissingWebhooks(from, row.ETag) : null;

    /// <summary>Records that webhooks of the site were missing since <paramref name="from"/>. Jira never sent the events of that time, so they must
    /// be searched for. The earliest time counts.</summary>
    public async Task RecordMissingAsync(string site, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var earlier = (await MissingAsync(site, cancellationToken))?.From;
        await table.UpsertEntityAsync(new TableEntity(site, MissingRow) { ["From"] = earlier < from ? earlier : from }, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Deletes the record that webhooks were missing, unless it was written again since it was read.</summary>
    public async Task SettleAsync(string site, MissingWebhooks missing, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        await table.TryDeleteAsync(site, MissingRow, missing.Version, cancellationToken);
    }

    private async Task<(TableEntity? Row, TimeProvider Clock)> FindAsync(string site, string name, CancellationToken cancellationToken) =>
        await time.FindAsync(await cursors.GetAsync(cancellationToken), site, name, cancellationToken);

    private static Outage? Outage(TableEntity? row) => row is null ? null : new Outage(row.PastTime("From"), row.PastTime("Last"), row.ETag)
    {
        Accepted = row.PastTime("Accepted"),
        Unended = row.Flag("Unended") is true,
    };
}
