using System.Collections.Concurrent;
using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Reads each grant once for one report, although many sites can share it.</summary>
internal sealed class GrantReads(GrantStates grants)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<DateTimeOffset?>>> _read = new(StringComparer.Ordinal);

    /// <summary>As <see cref="GrantStates.ReconnectRequiredLatelyAsync"/>.</summary>
    public Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken) =>
        _read.GetOrAdd(GrantStates.Key(site), _ => new(() => grants.ReconnectRequiredLatelyAsync(site, cancellationToken))).Value;
}
