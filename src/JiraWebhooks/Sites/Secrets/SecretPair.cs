namespace JiraWebhooks.Sites;

/// <summary>A secret and the previous one, which still verifies during a rotation. It never prints itself.</summary>
/// <param name="Current">Signs and verifies.</param>
/// <param name="Previous">Verifies only; null if there is none.</param>
public sealed record SecretPair(string Current, string? Previous = null)
{
    /// <summary>Returns the pair after a rotation to <paramref name="next"/>. The same secret again changes nothing, so a call can be repeated.</summary>
    public SecretPair Rotated(string next) => next == Current ? this : new SecretPair(next, Current);

    /// <summary>Returns the pair with <paramref name="next"/> already verifying: for the time in which only some deliveries are signed with it.</summary>
    public SecretPair Announced(string next) => next == Current ? this : this with { Previous = next };

    /// <inheritdoc/>
    public override string ToString() => "***";
}
