using System.Globalization;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>A store in memory that can fail before or after a write.</summary>
internal sealed class MemoryTokenStore : ITokenStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredGrant> _grants = [];
    private int _version;

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public Func<bool> Away { get; set; } = () => false;

    public Func<CancellationToken, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> AfterWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Reads or changes the store without recording a call.</summary>
    public StoredGrant? this[string grant]
    {
        get
        {
            lock (_lock) return _grants.GetValueOrDefault(grant);
        }
    }

    public void Put(string grant, OAuthGrant? value)
    {
        lock (_lock)
        {
            if (value is null) _grants.Remove(grant);
            else _grants[grant] = new StoredGrant(value, NextVersion());
        }
    }

    public async Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken)
    {
        await BeforeRead(cancellationToken);
        lock (_lock)
        {
            Reads++;
            return _grants.GetValueOrDefault(grant);
        }
    }

    public async Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken)
    {
        await BeforeWrite(cancellationToken);
        if (!Write(grant, value, version)) return false;

        await AfterWrite(cancellationToken);
        return true;
    }

    /// <summary>A write with compare-and-swap, at once.</summary>
    public bool Write(string grant, OAuthGrant value, string? version)
    {
        if (Away()) throw new IOException("the store takes no writes");
        lock (_lock)
        {
            if (_grants.GetValueOrDefault(grant)?.Version != version) return false;

            Writes++;
            _grants[grant] = new StoredGrant(value, NextVersion());
            return true;
        }
    }

    /// <summary>A write without, as Key Vault does it.</summary>
    public void Overwrite(string grant, OAuthGrant value)
    {
        if (Away()) throw new IOException("the store takes no writes");
        Put(grant, value);
    }

    private string NextVersion() => (++_version).ToString(CultureInfo.InvariantCulture);
}
