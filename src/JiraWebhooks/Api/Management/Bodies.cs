namespace JiraWebhooks.Api;

/// <summary>A new secret.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Announce">True if the secret only verifies for now.</param>
internal sealed record Rotation(string? Secret, bool Announce = false)
{
    public override string ToString() => nameof(Rotation);
}

/// <summary>The reason why a site is disabled.</summary>
/// <param name="Reason">At most 200 characters.</param>
internal sealed record Disabling(string? Reason = null);
