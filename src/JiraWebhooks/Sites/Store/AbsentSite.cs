using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Sites;

/// <summary>What the table stores about an id without a site.</summary>
/// <param name="Id">The id.</param>
/// <param name="ErasedAt">When its site was erased; null if it was not.</param>
/// <param name="MissingSince">When a delivery first proved that a site of this app is missing; null if none did.</param>
/// <param name="SeenAt">When the last such delivery came.</param>
public sealed record AbsentSite(string Id, DateTimeOffset? ErasedAt, DateTimeOffset? MissingSince, DateTimeOffset? SeenAt)
{
    /// <summary>How long the row is kept: a webhook that is not extended lives for 30 days, and Jira may retry its last delivery after that.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(45);

    /// <summary>True if no more deliveries can come for the id.</summary>
    public bool IsOver(DateTimeOffset now) => now - (ErasedAt ?? SeenAt) >= KeptFor;

    internal static AbsentSite Read(TableEntity row) => new(
        row.RowKey, row.PastTime(nameof(ErasedAt)), row.PastTime(nameof(MissingSince)), row.PastTime(nameof(SeenAt)));

    internal TableEntity Write(string partition) => new(partition, Id)
    {
        [nameof(ErasedAt)] = ErasedAt,
        [nameof(MissingSince)] = MissingSince,
        [nameof(SeenAt)] = SeenAt,
    };
}

/// <summary>All rows of the table of sites.</summary>
/// <param name="Sites">The sites.</param>
/// <param name="Absent">The ids without a site; a site that exists again may still have an entry.</param>
/// <param name="ReadAt">The time of storage's clock when they were read.</param>
public sealed record SiteRows(IReadOnlyList<StoredSite> Sites, IReadOnlyList<AbsentSite> Absent, DateTimeOffset ReadAt);
