using System.Collections.Concurrent;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Sites;

/// <summary>Makes sites of rows and their secrets.</summary>
public sealed class SiteLoader
{
    /// <summary>How long deliveries of a site's former app are accepted: the new app's webhooks are registered by the next daily refresh, and two
    /// refreshes may fail.</summary>
    public static readonly TimeSpan ChangeOver = TimeSpan.FromDays(3);

    private const int SecretsAtOnce = 8;

    private readonly SiteTable _table;
    private readonly SecretCache _secrets;
    private readonly JiraWebhooksOptions _options;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, DeclaredWebhookOptions> _defaults;

    internal SiteLoader(SiteTable table, SecretCache secrets, IConfiguration configuration, JiraWebhooksOptions options, TimeProvider clock)
    {
        (_table, _secrets, _options, _clock) = (table, secrets, options, clock);
        _defaults = configuration.GetSection("Webhooks").Get<Dictionary<string, DeclaredWebhookOptions>>() ?? [];
    }

    /// <summary>The declared webhooks of a site that declares none itself, by name.</summary>
    public IReadOnlyDictionary<string, DeclaredWebhookOptions> DefaultWebhooks => _defaults;

    /// <summary>Returns the secret of the app in the settings if <paramref name="site"/> uses that app; else null.</summary>
    public SecretPair? OfTheSettings(SiteSettings site) =>
        site.ClientId is { } client && client == _options.OAuthClientId && _options.OAuthClientSecret is { } secret
            ? new SecretPair(secret.Reveal(), _options.OAuthPreviousClientSecret?.Reveal())
            : null;

    /// <summary>Returns the secret that verifies a site without its own secret: that of the app in the settings. If the site was connected with the
    /// app that the settings had before and not again since, it is that app's secret, the previous one in the settings. Null if unknown.</summary>
    public SecretPair? Shared(StoredSite site) =>
        site.Settings.ClientId is { } client && _options.OAuthClientId is { } now && client != now
            ? _options.OAuthPreviousClientSecret is { } left ? new SecretPair(left.Reveal()) : null
            : OfTheSettings(site.Settings);

    /// <summary>Returns all sites of the table and the ids without a site. If a secret cannot be read, its site has a <see cref="Site.Problem"/>; if
    /// the table cannot be read, it throws.</summary>
    public async Task<(IReadOnlyCollection<Site> Sites, IReadOnlyList<AbsentSite> Absent)> LoadAsync(CancellationToken cancellationToken)
    {
        var sites = new ConcurrentBag<Site>();
        var rows = await _table.ReadAsync(cancellationToken);
        await Parallel.ForEachAsync(
            rows.Sites,
            new ParallelOptions { MaxDegreeOfParallelism = SecretsAtOnce, CancellationToken = cancellationToken },
            async (row, token) => sites.Add(await MakeAsync(row, token)));
        return (sites, rows.Absent);
    }

    private async Task<Site> MakeAsync(StoredSite row, CancellationToken cancellationToken)
    {
        var settings = row.Settings.Webhooks.Count > 0 ? row.Settings : row.Settings with { Webhooks = _defaults };
        var credentials = new SiteCredentials();
        var problems = new List<string>();
        var former = row.Former is { } left && _clock.GetUtcNow() < left.Since + ChangeOver ? left : null;
        try
        {
            var secret = await SecretAsync(row, former, cancellationToken);
            credentials = new SiteCredentials
            {
                Secret = SiteSecret.From(secret?.Current),
                PreviousSecret = SiteSecret.From(secret?.Previous),
                UnresolvedPrevious = row.SecretRevision.Length == 0 && _options.LacksPreviousClientSecret ? nameof(_options.OAuthPreviousClientSecret) : null,
            };
        }
        catch (SecretUnavailableException)
        {
            problems.Add("its secret cannot be read now");
        }

        var site = SiteReader.Make(row.Id, settings, credentials, _options, problems, $"See GET /api/sites/{row.Id}.") with
        {
            IsStored = true,
            ActiveSince = former?.Since > row.ActiveSince ? former.Since : row.ActiveSince,
            FormerClientId = former?.ClientId,
        };
        var (disabledSince, reason) = row.RemovedAt is { } removed ? (removed, "It is being removed.") : (row.DisabledSince, row.DisabledReason);

        // A disabled site only has no declared webhooks: the next refresh deletes its webhooks, and deliveries under way still arrive.
        return disabledSince is { } since ? site with { Webhooks = [], WebhookProblems = [], Disabled = new SiteDisabled(since, reason) } : site;
    }

    private async Task<SecretPair?> SecretAsync(StoredSite row, FormerApp? former, CancellationToken cancellationToken)
    {
        var name = SecretName.Of(row.Id, row.Scheme);
        if (row.SecretRevision.Length > 0) return await _secrets.GetAsync(name, row.SecretRevision, cancellationToken);

        // A site of the OAuth app in the settings needs no copy of the secret. A former app without a copy was in the settings too, and its secret
        // is the previous one there.
        var secret = Shared(row);
        return secret is not null && former?.SecretRevision is { Length: > 0 } revision && await _secrets.GetAsync(name, revision, cancellationToken) is { } own
            ? secret with { Previous = own.Current }
            : secret;
    }
}
