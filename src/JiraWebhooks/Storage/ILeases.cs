namespace JiraWebhooks.Storage;

/// <summary>Leases on pieces of work; tests of who wins a race put their own in place of <see cref="LeaseTable"/>.</summary>
public interface ILeases
{
    /// <summary>Takes the lease for <paramref name="duration"/>, or gives null while somebody else holds it.
    /// A holder that died is overruled when its time is up.</summary>
    Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken);
}
