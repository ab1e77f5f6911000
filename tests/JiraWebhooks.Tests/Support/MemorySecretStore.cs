using System.Collections.Concurrent;
using System.Globalization;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Tests.Support;

/// <summary>A vault in memory that counts what it is asked, and fails when told to.</summary>
internal sealed class MemorySecretStore : ISecretStore
{
    private readonly ConcurrentDictionary<(string Name, string Revision), SecretPair> _revisions = new();
    private int _reads;
    private int _writes;
    private int _lists;

    /// <summary>The newest of each name.</summary>
    public ConcurrentDictionary<string, SecretPair> Values { get; } = new(StringComparer.Ordinal);

    public int Reads => _reads;

    public int Lists => _lists;

    public Exception? Failure { get; set; }

    public bool Hangs { get; set; }

    public bool FailsWrites { get; set; } = true;

    public bool FailsDeletes { get; set; }

    public bool FailsLists { get; set; }

    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    public void Put(string name, string revision, SecretPair value) => Values[name] = _revisions[(name, revision)] = value;

    public Task<SecretPair?> ReadAsync(string name, string revision, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (Hangs) return new TaskCompletionSource<SecretPair?>().Task;
        return Failure is { } failure ? Task.FromException<SecretPair?>(failure) : Task.FromResult(_revisions.GetValueOrDefault((name, revision)));
    }

    public async Task<string> WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        await BeforeWrite();
        if (FailsWrites && Failure is { } failure) throw failure;

        var revision = Interlocked.Increment(ref _writes).ToString(CultureInfo.InvariantCulture);
        Put(name, revision, value);
        return revision;
    }

    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        if (Hangs) return new TaskCompletionSource<IReadOnlyCollection<string>>().Task;
        return FailsLists && Failure is { } failure ? Task.FromException<IReadOnlyCollection<string>>(failure) : Task.FromResult<IReadOnlyCollection<string>>([.. Values.Keys]);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (FailsDeletes && Failure is { } failure) return Task.FromException(failure);

        Values.TryRemove(name, out _);
        foreach (var key in _revisions.Keys.Where(key => key.Name == name)) _revisions.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
