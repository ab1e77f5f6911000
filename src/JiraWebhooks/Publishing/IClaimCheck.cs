namespace JiraWebhooks.Publishing;

/// <summary>Stores bodies that are too large for the bus. Tests of the publishers use their own implementation.</summary>
internal interface IClaimCheck
{
    /// <summary>Stores the body and returns its address. Storing the same message twice is harmless.</summary>
    Task<Uri> StoreAsync(DeliveryMessage message, CancellationToken cancellationToken);
}
