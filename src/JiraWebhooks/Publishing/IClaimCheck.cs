namespace JiraWebhooks.Publishing;

/// <summary>Keeps bodies that are too large for the bus. Tests of the publishers put their own in its place.</summary>
public interface IClaimCheck
{
    /// <summary>Stores the body and gives its address; storing the same message twice is harmless.</summary>
    Task<Uri> StoreAsync(DeliveryMessage message, CancellationToken cancellationToken);
}
