namespace JiraWebhooks.Storage;

/// <summary>Prevents two instances from doing the same work at the same time. Tests replace the table with leases in memory.</summary>
public interface ILeases
{
    /// <summary>Takes the lease for <paramref name="duration"/>, or returns null while another process holds it; disposing releases it.</summary>
    Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken);
}
