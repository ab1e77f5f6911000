namespace JiraWebhooks.Hosting;

/// <summary>Names of the Azure clients. A delivery must be answered within its budget, so its clients retry only briefly;
/// a timer has minutes, so its clients retry for longer (docs/architecture.md#ten-second-budget).</summary>
public static class AzureClients
{
    /// <summary>Table, queue, blob and Service Bus clients of the receive path.</summary>
    public const string Receive = "receive";

    /// <summary>The same clients for timers and Health.</summary>
    public const string Timers = "timers";
}
