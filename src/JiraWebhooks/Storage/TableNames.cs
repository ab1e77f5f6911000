namespace JiraWebhooks.Storage;

/// <summary>The tables of this app. Most are partitioned by site; the others name their partition.</summary>
public static class TableNames
{
    /// <summary>Created webhooks: partition site, row name of the declared webhook.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>State of the recovery: partition site, row <c>cursor</c>, <c>search</c>, <c>outage</c> or <c>missing</c>.</summary>
    public const string Cursors = "cursors";

    /// <summary>Leases: partition kind of work, row site or grant.</summary>
    public const string Leases = "leases";

    /// <summary>Sites added at run time: partition <c>site</c>, row slug; ids without a site: partition <c>absent</c>.</summary>
    public const string Sites = "sites";

    /// <summary>Consents under way: partition <c>ticket</c>, row hash of the state.</summary>
    public const string Tickets = "tickets";

    /// <summary>The state that Health shows: partition site, row <c>refresh</c>, <c>poll</c>, <c>delivery</c> or <c>clock</c>.</summary>
    public const string Status = "sitestatus";
}
