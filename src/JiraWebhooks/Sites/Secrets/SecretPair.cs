namespace JiraWebhooks.Sites;

/// <summary>A secret and the one before it, which still verifies while a rotation is under way. It never prints itself.</summary>
/// <param name="Current">Signs and verifies.</param>
/// <param name="Previous">Verifies only; null when there is none.</param>
public sealed record SecretPair(string Current, string? Previous = null)
{
    /// <summary>This pair after a rotation to <paramref name="next"/>. The same secret again changes nothing, so that a repeated call is harmless.</summary>
    public SecretPair Rotated(string next) => next == Current ? this : new SecretPair(next, Current);

    /// <summary>This pair with <paramref name="next"/> verifying already: for the time in which only some deliveries are signed with it.</summary>
    public SecretPair Announced(string next) => next == Current ? this : this with { Previous = next };

    /// <inheritdoc/>
    public override string ToString() => "***";
}
