namespace JiraWebhooks.Webhooks;

/// <summary>What Jira refuses in one run. A refusal counts against a definition only if Jira does not refuse with the same words what it has
/// accepted before: a site at its limit refuses everything, and Jira does not document with which words.</summary>
internal sealed class RunRefusals
{
    private readonly Dictionary<string, Refused> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ofAccepted = new(StringComparer.Ordinal);

    /// <summary>A definition that Jira has not accepted before was refused. <paramref name="refusal"/> is null if Jira did not judge it by its
    /// content: it refused the whole call, or gave no reason.</summary>
    public void Add(string subscription, string words, Refusal? refusal) => _found[subscription] = new Refused(words, refusal);

    /// <summary>A definition that Jira has accepted before was refused with <paramref name="words"/>.</summary>
    public void AddOfAccepted(string words) => _ofAccepted.Add(words);

    /// <summary>True if the subscription was refused, and its definition may not be the reason.</summary>
    public bool IsUndecided(string subscription) => _found.TryGetValue(subscription, out var refused) && _ofAccepted.Contains(refused.Words);

    /// <summary>Forgets refusals that do not count.</summary>
    public void Forget(IEnumerable<string> subscriptions)
    {
        foreach (var subscription in subscriptions) _found.Remove(subscription);
    }

    /// <summary>All that was refused, once. The refusal is null where it is not to be remembered.</summary>
    public IReadOnlyList<(string Subscription, string Words, Refusal? Refusal)> Take()
    {
        var all = _found.Select(one => (one.Key, one.Value.Words, IsUndecided(one.Key) ? null : one.Value.Refusal)).ToList();
        _found.Clear();
        return all;
    }

    private sealed record Refused(string Words, Refusal? Refusal);
}
