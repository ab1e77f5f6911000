namespace JiraWebhooks.Runs;

/// <summary>Kinds of runs: the name of the lease, of the row in <c>sitestatus</c>, and of the metric tag. Stored: never rename.</summary>
internal static class RunKind
{
    /// <summary>RefreshWebhooks.</summary>
    public const string Refresh = "refresh";

    /// <summary>PollFailedWebhooks.</summary>
    public const string Poll = "poll";
}
