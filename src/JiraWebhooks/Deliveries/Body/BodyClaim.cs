namespace JiraWebhooks.Deliveries;

/// <summary>What one body holds of a <see cref="BodyBudget"/>. Only the budget sets these values. A claim has one request at a time.</summary>
internal sealed class BodyClaim(bool verified)
{
    /// <summary>True when the sender is verified.</summary>
    public bool Verified => verified;

    /// <summary>Bytes held.</summary>
    public long Held { get; set; }

    /// <summary>True while the claim waits for more bytes.</summary>
    public bool IsWaiting { get; set; }
}
