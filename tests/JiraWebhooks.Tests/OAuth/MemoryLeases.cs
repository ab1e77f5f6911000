using JiraWebhooks.Storage;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>Leases in memory that run out as those in the table do.</summary>
internal sealed class MemoryLeases(TimeProvider clock) : ILeases
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Key), (object Owner, DateTimeOffset ExpiresAt)> _held = [];

    public Task<IAsyncDisposable?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable?>(TryAcquire(kind, key, duration) is { } owner ? new Held(this, kind, key, owner) : null);

    public object? TryAcquire(string kind, string key, TimeSpan duration)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_held.TryGetValue((kind, key), out var row) && row.ExpiresAt > now) return null;

            var owner = new object();
            _held[(kind, key)] = (owner, now + duration);
            return owner;
        }
    }

    public void Release(string kind, string key, object owner)
    {
        lock (_lock)
        {
            if (_held.TryGetValue((kind, key), out var row) && row.Owner == owner) _held.Remove((kind, key));
        }
    }

    private sealed class Held(MemoryLeases leases, string kind, string key, object owner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            leases.Release(kind, key, owner);
            return ValueTask.CompletedTask;
        }
    }
}
