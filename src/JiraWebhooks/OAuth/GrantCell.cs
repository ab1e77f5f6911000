namespace JiraWebhooks.OAuth;

/// <summary>What this process knows about one grant. Only one flight at a time writes it; calls read it without waiting.</summary>
internal sealed class GrantCell
{
    private readonly Lock _lock = new();
    private volatile AccessToken? _token;
    private volatile UnsavedGrant? _unsaved;
    private Lazy<Task<string>>? _flight;

    /// <summary>The newest access token known here.</summary>
    public AccessToken? Token
    {
        get => _token;
        set => _token = value;
    }

    /// <summary>New tokens that the store has not accepted yet. No other copy exists.</summary>
    public UnsavedGrant? Unsaved
    {
        get => _unsaved;
        set => _unsaved = value;
    }

    /// <summary>Returns the flight under way, or starts one with <paramref name="start"/>.</summary>
    public Task<string> Join(Func<Task<string>> start)
    {
        Lazy<Task<string>> flight;
        lock (_lock)
        {
            if (_flight is null or { IsValueCreated: true, Value.IsCompleted: true }) _flight = new Lazy<Task<string>>(start);
            flight = _flight;
        }

        return flight.Value;
    }
}

/// <summary>An access token and its expiry.</summary>
/// <param name="Value">The token.</param>
/// <param name="ExpiresAt">When it expires.</param>
/// <param name="SeenAt">Timestamp of when the store was last seen to have it, or could not be read.</param>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt, long SeenAt)
{
    /// <summary>Returns the access token of a stored grant, if it has one.</summary>
    public static AccessToken? Of(OAuthGrant? grant, long seenAt) =>
        grant is { AccessToken: { } value, AccessTokenExpiresAt: { } expiresAt } ? new AccessToken(value, expiresAt, seenAt) : null;

    /// <summary>True if it is valid beyond <paramref name="until"/> and is not the token that Jira rejected.</summary>
    public bool IsGood(string? rejected, DateTimeOffset until) => ExpiresAt > until && Value != rejected;

    public override string ToString() => $"{nameof(AccessToken)} {{ ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>A refreshed grant that is not saved yet.</summary>
/// <param name="Grant">The grant from Atlassian.</param>
/// <param name="Replaces">What the store held when the refresh began.</param>
internal sealed record UnsavedGrant(OAuthGrant Grant, StoredGrant Replaces)
{
    /// <summary>True while the store still holds what this replaces, or the same refresh token with a mark of a process that did not know this
    /// grant: dead, or about to be replaced.</summary>
    public bool Supersedes(StoredGrant stored) =>
        stored.Version == Replaces.Version
        || (stored.Grant is { ReconnectRequiredSince: not null } or { RenewalBegan: not null } && stored.Grant.RefreshToken == Replaces.Grant.RefreshToken);
}
