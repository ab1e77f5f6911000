using System.Collections.Concurrent;

namespace JiraWebhooks.Deliveries;

/// <summary>When each site's last delivery was accepted by this process (docs/jira-behaviour.md#health-per-site). Kept in memory: the receive path writes nothing but
/// the message, and whoever reports health saves it at its own pace.</summary>
public sealed class DeliveryActivity(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _accepted = new(StringComparer.Ordinal);

    /// <summary>The last acceptance of every site that had one since the start.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Accepted => _accepted;

    /// <summary>Told of every site whose authentic delivery was answered 503, and since when events may be missing for it. Must return at once.</summary>
    public Action<string, DateTimeOffset>? Failed { get; set; }

    /// <summary>Told of every site whose token was right in all but its times, after <see cref="Failed"/>. Must return at once.</summary>
    internal Action<string, TokenTimes>? Late { get; set; }

    /// <summary>Told of every site whose delivery was accepted. Must return at once.</summary>
    public Action<string>? Succeeded { get; set; }

    internal void Accept(string siteId)
    {
        _accepted[siteId] = clock.GetUtcNow();
        Succeeded?.Invoke(siteId);
    }

    internal void Fail(string siteId, TokenTimes? wrongTimes)
    {
        Failed?.Invoke(siteId, wrongTimes?.Since ?? clock.GetUtcNow());
        if (wrongTimes is not null) Late?.Invoke(siteId, wrongTimes);
    }
}
