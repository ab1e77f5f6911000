using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>Changes secrets. Deliveries signed with the current secret may still be under way, so it becomes the previous one. Each change is
/// a new revision, which is valid only when the site's row names it.</summary>
public sealed class SiteSecrets(ISecretStore store, SiteLoader loader, JiraWebhooksOptions global)
{
    /// <summary>Stores the secret of <paramref name="credentials"/>, if there is one. Returns the revision that the site's row must name.</summary>
    public async Task<string> SaveAsync(string id, SiteScheme scheme, SiteSettings wanted, SiteCredentials credentials, StoredSite? old, CancellationToken cancellationToken)
    {
        if (credentials.Secret?.Reveal() is not { } current)
        {
            // A site that changes to the app of the settings no longer uses its own secret.
            var changesOver = wanted.ClientId != old?.Settings.ClientId && wanted.ClientId == global.OAuthClientId;
            return changesOver ? "" : old?.SecretRevision ?? "";
        }

        var isOwn = old is { SecretRevision.Length: > 0 } && old.Scheme == scheme && old.Settings.ClientId == wanted.ClientId;
        if (scheme is SiteScheme.OAuth && !isOwn && loader.OfTheSettings(wanted) is { } shared)
        {
            if (current != shared.Current || (credentials.PreviousSecret?.Reveal() is { } other && other != shared.Previous)) throw InTheSettings(id);
            return "";
        }

        var before = old?.Scheme == scheme ? await CurrentAsync(old, cancellationToken) : null;
        var next = before?.Rotated(current) ?? new SecretPair(current);
        if (credentials.PreviousSecret is { } previous) next = next with { Previous = previous.Reveal() };
        return next == before && old is { SecretRevision: { Length: > 0 } kept } ? kept : await store.WriteAsync(SecretName.Of(id, scheme), next, cancellationToken);
    }

    /// <summary>Stores <paramref name="secret"/> as the site's secret or, with <paramref name="announce"/>, as one that only verifies. Returns the
    /// revision that the site's row must name.</summary>
    public async Task<string> RotateAsync(StoredSite row, string secret, bool announce, CancellationToken cancellationToken)
    {
        if (row.SecretRevision.Length == 0 && loader.OfTheSettings(row.Settings) is not null) throw InTheSettings(row.Id);

        secret = SiteSecret.From(secret)!.Reveal();
        var old = await CurrentAsync(row, cancellationToken);
        if (old is null && announce) throw new SiteChangeException(409, $"Site {row.Id} has no secret of its own to which another could be added.");

        var next = old is null ? new SecretPair(secret) : announce ? old.Announced(secret) : old.Rotated(secret);
        return next == old ? row.SecretRevision : await store.WriteAsync(SecretName.Of(row.Id, row.Scheme), next, cancellationToken);
    }

    // A copy per site would miss the next rotation in the settings, and valid deliveries would be rejected.
    private static SiteChangeException InTheSettings(string id) =>
        new(409, $"Site {id} has the secret of the app in the settings: change OAuthClientSecret and OAuthPreviousClientSecret there, as docs/sites.md says.");

    // The secrets that verify now. Null also if the stored value is invalid: the new secret fixes that.
    private async Task<SecretPair?> CurrentAsync(StoredSite row, CancellationToken cancellationToken)
    {
        if (row.SecretRevision.Length == 0) return loader.Shared(row);

        try
        {
            return await store.ReadAsync(SecretName.Of(row.Id, row.Scheme), row.SecretRevision, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
