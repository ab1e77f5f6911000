using System.Collections.Concurrent;
using JiraWebhooks.Sites.Secrets;

namespace JiraWebhooks.Tests.Support;

/// <summary>A vault in memory that counts what it is asked, and fails when told to.</summary>
internal sealed class MemorySecretStore : ISecretStore
{
    private int _reads;

    public ConcurrentDictionary<string, SecretPair> Values { get; } = new(StringComparer.Ordinal);

    public int Reads => _reads;

    public Exception? Failure { get; set; }

    public bool FailsDeletes { get; set; }

    public Task<SecretPair?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return Failure is { } failure ? Task.FromException<SecretPair?>(failure) : Task.FromResult(Values.GetValueOrDefault(name));
    }

    public Task WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) return Task.FromException(failure);

        Values[name] = value;
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (FailsDeletes && Failure is { } failure) return Task.FromException(failure);

        Values.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
