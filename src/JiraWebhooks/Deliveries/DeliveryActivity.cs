using System.Collections.Concurrent;

namespace JiraWebhooks.Deliveries;

/// <summary>Holds the time of each site's last accepted delivery in this process (docs/jira-behaviour.md#health-per-site). It stays in memory: the
/// receive path writes only the message, and Health saves the time at its own pace.</summary>
public sealed class DeliveryActivity(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _accepted = new(StringComparer.Ordinal);

    /// <summary>Time of the last accepted delivery, for every site that had one since the start.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Accepted => _accepted;

    /// <summary>Called for every authentic delivery that is answered 503, with the site and the time since which events may be missing, or
    /// null if that is now. Must return at once.</summary>
    public Action<string, DateTimeOffset?>? Failed { get; set; }

    /// <summary>Called after <see cref="Failed"/> if the token is valid in all but its times. Must return at once.</summary>
    internal Action<string, TokenTimes>? Late { get; set; }

    /// <summary>Called with the site of every accepted delivery. Must return at once.</summary>
    public Action<string>? Succeeded { get; set; }

    internal void Accept(string siteId)
    {
        _accepted[siteId] = clock.GetUtcNow();
        Succeeded?.Invoke(siteId);
    }

    internal void Fail(string siteId, TokenTimes? wrongTimes)
    {
        Failed?.Invoke(siteId, wrongTimes?.Since);
        if (wrongTimes is not null) Late?.Invoke(siteId, wrongTimes);
    }
}
