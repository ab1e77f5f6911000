namespace JiraWebhooks.Storage;

/// <summary>Keeps two instances from doing the same work at a time. Tests put leases in memory in the table's place.</summary>
public interface ILeases
{
    /// <summary>Takes the lease for <paramref name="duration"/>, or gives null while somebody else holds it; disposing gives it back.</summary>
    Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken);
}
