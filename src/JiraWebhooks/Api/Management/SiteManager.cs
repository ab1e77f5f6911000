using Azure;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Api;

/// <summary>Adds, changes and disables sites of the table. Each write names the version that it replaces. A secret is written to the vault
/// before the row, so that no row waits for its secret; it is valid only when the row names it. Throws <see cref="SiteChangeException"/> if
/// the request is invalid, and passes storage errors on: every call can be retried.</summary>
public sealed class SiteManager(
    ConfiguredSites configured, SiteTable table, StoredSites cache, SiteLoader loader, SiteSecrets secrets, GrantSeeds seeds, JiraWebhooksOptions global, TimeProvider clock)
{
    private const int MostReasonCharacters = 200;

    /// <summary>Returns the site's row; throws 404 if there is none.</summary>
    public async Task<StoredSite> GetAsync(string id, CancellationToken cancellationToken)
    {
        EnsureNotFixed(id);
        var row = SiteSlug.IsValid(id) ? await table.FindAsync(id, cancellationToken) : null; // Table Storage rejects some texts that are not slugs
        return row ?? throw new SiteChangeException(404, $"There is no site {id}.");
    }

    /// <summary>Adds the site or changes it to <paramref name="request"/>. A secret that is not given stays. Returns true if the site was added.</summary>
    /// <param name="id">The site's slug.</param>
    /// <param name="request">The settings, and new secrets if any.</param>
    /// <param name="ifMatch">The version that may be changed, <c>*</c> for any existing version, or null.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> PutAsync(string id, SiteRequest request, string? ifMatch, CancellationToken cancellationToken)
    {
        EnsureNotFixed(id);
        if (!SiteSlug.IsValid(id)) throw new SiteChangeException(400, $"Site {id} is not usable: {SiteSlug.Rule}.");

        var old = await table.FindAsync(id, cancellationToken);

        // A caller who only changes a filter does not name the grant, and no other grant works.
        var wanted = SiteReader.Trimmed(request.WithoutSecrets()) with { Grant = request.Grant ?? old?.Settings.Grant };
        var credentials = request.Credentials();
        if (ifMatch is not null && (old is null || (ifMatch != ETag.All.ToString() && ifMatch != old.Version.ToString())))
        {
            throw new SiteChangeException(412, $"Site {id} has changed since it was read: read it again.");
        }

        var site = Check(id, request, wanted, old);
        var former = Former(site.Scheme, wanted, credentials, old);
        var secret = await secrets.SaveAsync(id, site.Scheme, wanted, credentials, old, cancellationToken);
        if (site.Scheme is SiteScheme.OAuth) await seeds.SaveAsync(site, old, cancellationToken);

        var row = new StoredSite
        {
            Id = id,
            Settings = wanted,
            SecretRevision = secret,
            Former = former,
            ActiveSince = old is { RemovedAt: null } && !VerifiesOtherwise(wanted, old) ? old.ActiveSince : clock.GetUtcNow(),
            DisabledSince = old is { RemovedAt: null } ? old.DisabledSince : null,
            DisabledReason = old is { RemovedAt: null } ? old.DisabledReason : null,
            Version = old?.Version ?? default,
        };
        if (old is null) await table.ForgetAbsentAsync(id, cancellationToken);
        await WriteAsync(row, isNew: old is null, cancellationToken);
        return old is null;
    }

    /// <summary>Makes <paramref name="secret"/> the site's secret and keeps the current one as the previous. With <paramref name="announce"/> the
    /// new secret only verifies for now: announce it here before it changes elsewhere, and no delivery is rejected in between.</summary>
    public async Task RotateAsync(string id, string? secret, bool announce, CancellationToken cancellationToken)
    {
        if (SiteSecret.From(secret) is null) throw new SiteChangeException(400, "secret is empty or an unresolved Key Vault reference.");

        var row = await GetAsync(id, cancellationToken);
        var revision = await secrets.RotateAsync(row, secret!, announce, cancellationToken);
        if (revision != row.SecretRevision) await WriteAsync(row with { SecretRevision = revision }, isNew: false, cancellationToken);
    }

    /// <summary>Disables the site: the next refresh deletes its webhooks in Jira. Deliveries that still arrive are published.</summary>
    public async Task DisableAsync(string id, string? reason, CancellationToken cancellationToken)
    {
        if (reason?.Length > MostReasonCharacters) throw new SiteChangeException(400, $"reason has more than {MostReasonCharacters} characters.");

        var row = await GetAsync(id, cancellationToken);
        await WriteAsync(row with { DisabledSince = row.DisabledSince ?? clock.GetUtcNow(), DisabledReason = reason ?? row.DisabledReason }, isNew: false, cancellationToken);
    }

    /// <summary>Enables the site again, or cancels its removal: the next refresh registers its webhooks.</summary>
    public async Task EnableAsync(string id, CancellationToken cancellationToken)
    {
        var row = await GetAsync(id, cancellationToken);
        await WriteAsync(row with { DisabledSince = null, DisabledReason = null, RemovedAt = null, ActiveSince = clock.GetUtcNow() }, isNew: false, cancellationToken);
    }

    /// <summary>Removes the site: the next refresh deletes its webhooks. <see cref="SiteRemoval"/> deletes everything else when Jira no longer
    /// retries any delivery of the site.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var row = await GetAsync(id, cancellationToken);
        await WriteAsync(row with { RemovedAt = row.RemovedAt ?? clock.GetUtcNow() }, isNew: false, cancellationToken);
    }

    private Site Check(string id, SiteRequest request, SiteSettings wanted, StoredSite? old)
    {
        if (request is { UserName: not null } or { ApiToken: not null }) throw new SiteChangeException(400, "userName and apiToken are for sites of the settings alone: Jira answers 403 to them.");

        if (new[] { request.PreviousSecret, request.RefreshToken }.Any(SiteSecret.IsUnresolved)) throw new SiteChangeException(400, "A secret is an unresolved Key Vault reference: give its value.");
        if (request is { Secret: null, PreviousSecret: not null }) throw new SiteChangeException(400, "previousSecret needs secret beside it.");

        // A stored secret, or the secret of the app in the settings, is as good as one in the request.
        var isOfTheSettings = wanted.ClientId is { } client && client == global.OAuthClientId && global.OAuthClientSecret is not null;
        var kept = request.Secret is null && (isOfTheSettings || old is { SecretRevision.Length: > 0 });
        var site = SiteReader.Make(id, wanted, kept ? request.Credentials() with { Secret = SiteSecret.From("kept") } : request.Credentials(), global, [], "");
        var wrong = new[] { site.Problem?.Trim() }
            .Concat(site.WebhookProblems)
            .Concat(site.Webhooks.Select(DeclaredWebhookValidator.Problem))
            .Concat(loader.DefaultWebhooks.Count == 0 && wanted.Webhooks.Count == 0 && site.Scheme is not SiteScheme.AdminWebhook
                ? ["It has no webhooks, and the settings (Webhooks__…) have none either."] : [])
            .OfType<string>().ToList();
        if (wrong.Count > 0) throw new SiteChangeException(400, string.Join(' ', wrong));
        if (old is not null && old.Scheme != site.Scheme && old.SecretRevision.Length > 0 && request.Secret is null) throw new SiteChangeException(400, "Another scheme needs a secret of its own: give secret.");

        return site;
    }

    // Until every instance knows the change, some would refuse what the webhooks of the next refresh deliver.
    private static bool VerifiesOtherwise(SiteSettings wanted, StoredSite old) =>
        !string.Equals(wanted.Scheme, old.Settings.Scheme, StringComparison.OrdinalIgnoreCase)
        || wanted.CloudId != old.Settings.CloudId || wanted.ClientId != old.Settings.ClientId || wanted.ClientKey != old.Settings.ClientKey;

    private FormerApp? Former(SiteScheme scheme, SiteSettings wanted, SiteCredentials credentials, StoredSite? old)
    {
        if (scheme is not SiteScheme.OAuth || old?.Scheme is not SiteScheme.OAuth || old.Settings.ClientId == wanted.ClientId) return old?.Former;

        // Nothing would remain to verify the deliveries that the old app's webhooks still send.
        if (old.SecretRevision.Length == 0 && loader.Shared(old) is null && credentials.PreviousSecret is null)
        {
            throw new SiteChangeException(409, $"Site {old.Id} was connected with an app that is no longer in the settings, and its webhooks deliver on: set OAuthPreviousClientSecret to that app's secret first, and keep it there for three days.");
        }

        return new FormerApp(old.Settings.ClientId, old.SecretRevision, clock.GetUtcNow());
    }

    private async Task WriteAsync(StoredSite row, bool isNew, CancellationToken cancellationToken)
    {
        if (!await (isNew ? table.TryAddAsync(row, cancellationToken) : table.TryUpdateAsync(row, cancellationToken)))
        {
            throw new SiteChangeException(409, $"Another process is changing site {row.Id}: try again.");
        }

        cache.Invalidate();
    }

    private void EnsureNotFixed(string id)
    {
        if (configured.Find(id) is not null) throw new SiteChangeException(409, $"Site {id} is fixed in the settings (Sites__{id}__…): change it there.");
    }
}
