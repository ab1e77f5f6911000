using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>A tenant on the page where sites are chosen.</summary>
/// <param name="CloudId">Its cloud id.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Url">Its address.</param>
/// <param name="SiteId">The slug that it has or would get.</param>
/// <param name="Known">True if it is connected already: choosing it renews its grant.</param>
/// <param name="Problem">Why it cannot be chosen, or null.</param>
public sealed record Candidate(string CloudId, string Name, Uri Url, string SiteId, bool Known, string? Problem)
{
    /// <summary>True if it is connected but disabled or being removed: choosing it enables it.</summary>
    public bool SwitchedOff { get; init; }

    /// <summary>True if it uses the grant of this name already, so that the consent has renewed its grant whether it is chosen or not.</summary>
    public bool HasGrant { get; init; }
}

/// <summary>Adds the tenants that a consent reaches as sites.</summary>
public sealed class SiteAdmission(ISiteStore sites, SiteTable table, SiteManager manager, GrantWriter grants, JiraWebhooksOptions options)
{
    // The scopes that belong to a site. offline_access belongs to the consent.
    private static readonly string[] Needed = [.. OAuthAuthorizeUrl.DefaultScopes.Where(scope => scope.Contains(':', StringComparison.Ordinal))];

    /// <summary>Saves the grant and returns its name: the requested name; else the name of the grant that these sites use already, if the new
    /// grant reaches all of them; else a new name.</summary>
    public async Task<string> SaveAsync(Consent consent, CancellationToken cancellationToken)
    {
        if (consent.GrantName is { } given) await EnsureOursAsync(given, cancellationToken);
        var name = consent.GrantName ?? await NameAsync(consent.Sites, cancellationToken);
        while (!await grants.TryWriteAsync(name, _ => consent.Grant, cancellationToken))
        {
            // Another process wrote at the same time: the grant that a person has just given replaces that.
        }

        return name;
    }

    /// <summary>Throws if a site uses that grant with another app: that app could not refresh the tokens of this one.</summary>
    /// <exception cref="OnboardingException">409: such a site exists.</exception>
    public async Task EnsureOursAsync(string grant, CancellationToken cancellationToken)
    {
        if ((await sites.ListAsync(cancellationToken)).FirstOrDefault(site => GrantName.IsUsedBy(site, grant) && !IsOurs(site)) is { } other)
        {
            throw new OnboardingException(409, $"The grant {grant} is that of site {other.Id}, which has another OAuth app: choose another name.");
        }
    }

    /// <summary>Returns the tenants to choose from.</summary>
    public async Task<IReadOnlyList<Candidate>> OfferAsync(string grant, IReadOnlyList<AccessibleResource> resources, CancellationToken cancellationToken)
    {
        var all = await sites.ListAsync(cancellationToken);
        var taken = all.Select(site => site.Id).ToHashSet(StringComparer.Ordinal);

        return [.. Merged(resources.Where(resource => resource.Url is not null)).Select(resource => Offer(resource, grant, all, taken))];
    }

    /// <summary>Adds <paramref name="candidate"/> or, if the site exists, makes it use <paramref name="grant"/>.</summary>
    /// <exception cref="SiteChangeException">The site cannot be added or changed.</exception>
    public async Task AdmitAsync(Candidate candidate, string grant, CancellationToken cancellationToken)
    {
        if (candidate.Problem is { } problem) throw new SiteChangeException(409, problem);
        if (candidate.Known && (await sites.FindAsync(candidate.SiteId, cancellationToken))?.IsStored is false) return;

        var old = candidate.Known ? await table.FindAsync(candidate.SiteId, cancellationToken) : null;
        var wanted = new SiteRequest(old?.Settings ?? new SiteSettings())
        {
            Scheme = nameof(SiteScheme.OAuth),
            Url = candidate.Url.AbsoluteUri,
            CloudId = candidate.CloudId,
            ClientId = options.OAuthClientId,
            Grant = grant,
        };
        await manager.PutAsync(candidate.SiteId, wanted, old?.Version.ToString(), cancellationToken);
        if (candidate.SwitchedOff) await manager.EnableAsync(candidate.SiteId, cancellationToken);
    }

    private async Task<string> NameAsync(IReadOnlyList<AccessibleResource> resources, CancellationToken cancellationToken)
    {
        var all = (await sites.ListAsync(cancellationToken)).Where(site => site.Scheme is SiteScheme.OAuth).ToList();
        var reached = Merged(resources).Where(resource => Missing(resource).Count == 0).Select(resource => resource.Id).ToHashSet(StringComparer.Ordinal);
        var names = all.Where(site => reached.Contains(site.CloudId ?? "")).Select(GrantName.Of).Distinct(StringComparer.Ordinal).ToList();

        // Another person's consent may reach fewer sites, or lack scopes there. If it replaced the old grant, these sites would lose access, and so
        // would another app.
        return names is [var one] && all.Where(site => GrantName.IsUsedBy(site, one)).All(site => reached.Contains(site.CloudId ?? "") && IsOurs(site))
            ? one
            : $"grant-{OAuthConsent.NewSecret()[..12]}";
    }

    // Each product of a site has its own entry with its own scopes.
    private static IEnumerable<AccessibleResource> Merged(IEnumerable<AccessibleResource> resources) => resources
        .GroupBy(resource => resource.Id, StringComparer.Ordinal)
        .Select(entries => entries.First() with { Scopes = entries.Any(entry => entry.Scopes is null) ? null : [.. entries.SelectMany(entry => entry.Scopes!)] });

    private static List<string> Missing(AccessibleResource resource) => resource.Scopes is null ? [] : [.. Needed.Except(resource.Scopes, StringComparer.Ordinal)];

    private bool IsOurs(Site site) => site.ClientId == options.OAuthClientId;

    private Candidate Offer(AccessibleResource resource, string grant, IReadOnlyList<Site> all, HashSet<string> taken)
    {
        var name = resource.Name ?? resource.Url!.Host;
        var missing = Missing(resource);
        var unfit = missing.Count == 0 ? null : $"the consent does not include {string.Join(" and ", missing)} there: is Jira on this site, and has the app that permission?";
        if (all.FirstOrDefault(site => site.CloudId == resource.Id) is { } known)
        {
            var stuck = known.IsStored ? null
                : !IsOurs(known) ? $"{known.Id} is fixed in the settings with another app: to change over, set Sites__{known.Id}__ClientId and Sites__{known.Id}__Secret to this one's."
                : GrantName.Of(known) != grant ? $"{known.Id} is fixed in the settings: set Sites__{known.Id}__Grant to {grant}."
                : null;
            return new Candidate(resource.Id, name, resource.Url!, known.Id, Known: true, stuck ?? unfit)
            {
                SwitchedOff = known.Disabled is not null,
                HasGrant = GrantName.Of(known) == grant,
            };
        }

        return new Candidate(resource.Id, name, resource.Url!, SiteSlug.New(resource.Url!, taken, hyphens: true), Known: false, unfit);
    }
}
