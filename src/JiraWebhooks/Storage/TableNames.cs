namespace JiraWebhooks.Storage;

/// <summary>The tables this system keeps. Partition is the site everywhere but in <see cref="Leases"/>.</summary>
public static class TableNames
{
    /// <summary>Created webhooks: partition site, row subscription name.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Failed-delivery cursors: partition site, row <c>cursor</c>.</summary>
    public const string Cursors = "cursors";

    /// <summary>Leases: partition kind of work, row site or grant.</summary>
    public const string Leases = "leases";

    /// <summary>Sites added at run time: partition <c>site</c>, row slug; ids without a site: partition <c>absent</c>.</summary>
    public const string Sites = "sites";

    /// <summary>Consents under way: partition <c>ticket</c>, row hash of the state.</summary>
    public const string Tickets = "tickets";

    /// <summary>What Health shows: partition site, row by room.</summary>
    public const string Status = "sitestatus";
}
