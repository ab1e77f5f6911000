using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Sites;

/// <summary>Table <c>sites</c>: partition <c>site</c>, row slug; partition <c>absent</c> for ids without a site. It never contains a secret.</summary>
public sealed class SiteTable(LazyTable sites, StorageTime time)
{
    private const string Partition = "site";
    private const string AbsentPartition = "absent";

    /// <summary>Returns all rows, in one query.</summary>
    public async Task<SiteRows> ReadAsync(CancellationToken cancellationToken)
    {
        var table = await sites.GetAsync(cancellationToken);
        var (found, absent) = (new List<StoredSite>(), new List<AbsentSite>());
        DateTimeOffset readAt = default;
        await foreach (var page in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken).AsPages())
        {
            readAt = time.ClockOf(page.GetRawResponse()).GetUtcNow();
            found.AddRange(page.Values.Where(row => row.PartitionKey == Partition).Select(Read));
            absent.AddRange(page.Values.Where(row => row.PartitionKey == AbsentPartition).Select(AbsentSite.Read));
        }

        return new SiteRows(found, absent, readAt);
    }

    /// <summary>Returns all sites.</summary>
    public async Task<IReadOnlyList<StoredSite>> ListAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Sites;

    /// <summary>Returns one row, or null.</summary>
    public async Task<StoredSite?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var table = await sites.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, id, cancellationToken: cancellationToken);
        return found.HasValue ? Read(found.Value!) : null;
    }

    /// <summary>Adds the row; false if a row of that name exists.</summary>
    public async Task<bool> TryAddAsync(StoredSite site, CancellationToken cancellationToken) =>
        await (await sites.GetAsync(cancellationToken)).TryWriteAsync(Write(site), null, cancellationToken) is not null;

    /// <summary>Replaces the row of that version; false if its version has changed.</summary>
    public async Task<bool> TryUpdateAsync(StoredSite site, CancellationToken cancellationToken) =>
        await (await sites.GetAsync(cancellationToken)).TryWriteAsync(Write(site), site.Version, cancellationToken) is not null;

    /// <summary>Deletes the row of that version; false if its version has changed.</summary>
    public async Task<bool> TryDeleteAsync(StoredSite site, CancellationToken cancellationToken) =>
        await (await sites.GetAsync(cancellationToken)).TryDeleteAsync(Partition, site.Id, site.Version, cancellationToken);

    /// <summary>Saves that the site of that id was erased, so that late deliveries are rejected without an alarm.</summary>
    public async Task MarkErasedAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var table = await sites.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new AbsentSite(id, at, null, null).Write(AbsentPartition), TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Saves that a delivery of this app came for an id without a site. For an erased site nothing more is saved.</summary>
    public async Task NoteMissingAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var known = await FindAbsentAsync(id, cancellationToken);
        if (known?.ErasedAt is not null) return;

        var row = new AbsentSite(id, null, known?.MissingSince ?? at, at).Write(AbsentPartition);
        await (await sites.GetAsync(cancellationToken)).UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>Deletes what is stored about an id without a site.</summary>
    public async Task ForgetAbsentAsync(string id, CancellationToken cancellationToken)
    {
        // Read first: the SDK logs a warning for a deletion that finds nothing.
        if (await FindAbsentAsync(id, cancellationToken) is null) return;

        await (await sites.GetAsync(cancellationToken)).DeleteEntityAsync(AbsentPartition, id, ETag.All, cancellationToken);
    }

    private async Task<AbsentSite?> FindAbsentAsync(string id, CancellationToken cancellationToken)
    {
        var table = await sites.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(AbsentPartition, id, cancellationToken: cancellationToken);
        return found.HasValue ? AbsentSite.Read(found.Value!) : null;
    }

    private static TableEntity Write(StoredSite site)
    {
        var row = new TableEntity(Partition, site.Id)
        {
            [nameof(StoredSite.SecretRevision)] = site.SecretRevision,
            [nameof(StoredSite.ActiveSince)] = site.ActiveSince,
        };
        row.SetWholeText("Options", JsonSerializer.Serialize(site.Settings, SiteJson.Default.SiteSettings));
        if (site.Former is { } former)
        {
            row["FormerClientId"] = former.ClientId ?? "";
            row["FormerSecretRevision"] = former.SecretRevision;
            row["FormerSince"] = former.Since;
        }

        if (site.DisabledSince is { } disabled) row[nameof(StoredSite.DisabledSince)] = disabled;
        if (site.DisabledReason is { } reason) row[nameof(StoredSite.DisabledReason)] = reason;
        if (site.RemovedAt is { } removed) row[nameof(StoredSite.RemovedAt)] = removed;
        return row;
    }

    // A row damaged by hand becomes a site without settings: unhealthy, and the others still work (docs/architecture.md#a-wrong-site-is-unhealthy).
    private static StoredSite Read(TableEntity row)
    {
        SiteSettings? settings = null;
        try
        {
            if (row.GetText("Options") is { Length: > 0 } json) settings = JsonSerializer.Deserialize(json, SiteJson.Default.SiteSettings);
        }
        catch (JsonException)
        {
            // SiteReader reports everything that is missing
        }

        return new StoredSite
        {
            Id = row.RowKey,
            Settings = settings ?? new SiteSettings(),
            SecretRevision = row.Text(nameof(StoredSite.SecretRevision)) ?? "",
            Former = row.PastTime("FormerSince") is { } left
                ? new FormerApp(row.Text("FormerClientId"), row.Text("FormerSecretRevision") ?? "", left)
                : null,
            ActiveSince = row.PastTime(nameof(StoredSite.ActiveSince)) ?? default,
            DisabledSince = row.PastTime(nameof(StoredSite.DisabledSince)),
            DisabledReason = row.Text(nameof(StoredSite.DisabledReason)),
            RemovedAt = row.PastTime(nameof(StoredSite.RemovedAt)),
            Version = row.ETag,
        };
    }
}

/// <summary>JSON of a site's settings in the table. Unknown properties are ignored: during an update, older instances read rows of newer ones.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SiteSettings))]
[JsonSerializable(typeof(Dictionary<string, DeclaredWebhookOptions>))]
internal sealed partial class SiteJson : JsonSerializerContext;
