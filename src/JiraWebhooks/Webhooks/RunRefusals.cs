namespace JiraWebhooks.Webhooks;

/// <summary>The refusals of one run. Jira's error text at the limit is not documented. So if a new definition gets the same text as a definition that
/// Jira has accepted before, the limit may be the reason, and the refusal is not remembered.</summary>
internal sealed class RunRefusals
{
    private readonly Dictionary<string, Refused> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ofAccepted = new(StringComparer.Ordinal);

    /// <summary>Adds a refused definition that Jira has not accepted before. <paramref name="refusal"/> is null if Jira did not judge the content: it
    /// refused the whole call, or gave no reason.</summary>
    public void Add(string declared, string words, Refusal? refusal) => _found[declared] = new Refused(words, refusal);

    /// <summary>Adds the <paramref name="words"/> with which Jira refused a definition that it accepted before.</summary>
    public void AddForAcceptedDefinition(string words) => _ofAccepted.Add(words);

    /// <summary>True if the declared webhook was refused, and its definition may not be the reason.</summary>
    public bool IsUndecided(string declared) => _found.TryGetValue(declared, out var refused) && _ofAccepted.Contains(refused.Words);

    /// <summary>Forgets refusals that do not count.</summary>
    public void Forget(IEnumerable<string> webhooks)
    {
        foreach (var declared in webhooks) _found.Remove(declared);
    }

    /// <summary>Returns all refusals and clears them. The refusal is null if it must not be remembered.</summary>
    public IReadOnlyList<(string DeclaredWebhook, string Words, Refusal? Refusal)> Take()
    {
        var all = _found.Select(one => (one.Key, one.Value.Words, IsUndecided(one.Key) ? null : one.Value.Refusal)).ToList();
        _found.Clear();
        return all;
    }

    private sealed record Refused(string Words, Refusal? Refusal);
}
