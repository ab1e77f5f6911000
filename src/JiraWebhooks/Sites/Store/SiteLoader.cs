using System.Collections.Concurrent;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Sites;

/// <summary>Makes sites of the rows and their secrets.</summary>
public sealed class SiteLoader
{
    /// <summary>How long the deliveries of an app that a site has left are taken: the new app's webhooks come with the next daily refresh,
    /// and two may fail.</summary>
    public static readonly TimeSpan ChangeOver = TimeSpan.FromDays(3);

    private const int SecretsAtOnce = 8;

    private readonly SiteTable _table;
    private readonly SecretCache _secrets;
    private readonly JiraWebhooksOptions _options;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, SubscriptionOptions> _defaults;

    internal SiteLoader(SiteTable table, SecretCache secrets, IConfiguration configuration, JiraWebhooksOptions options, TimeProvider clock)
    {
        (_table, _secrets, _options, _clock) = (table, secrets, options, clock);
        _defaults = configuration.GetSection("Subscriptions").Get<Dictionary<string, SubscriptionOptions>>() ?? [];
    }

    /// <summary>The subscriptions of a site that declares none, by name.</summary>
    public IReadOnlyDictionary<string, SubscriptionOptions> DefaultSubscriptions => _defaults;

    /// <summary>The secret of the app in the settings, where that is the app of <paramref name="site"/>; else null.</summary>
    public SecretPair? OfTheSettings(SiteOptions site) =>
        site.ClientId is { } client && client == _options.OAuthClientId && _options.OAuthClientSecret is { } secret
            ? new SecretPair(secret.Reveal(), _options.OAuthPreviousClientSecret?.Reveal())
            : null;

    /// <summary>What a site without a secret of its own is verified by: the app in the settings or, where it was connected with the one that the
    /// settings had before and not again since, that app's secret, which is the previous one there. Null where it is not known.</summary>
    public SecretPair? Shared(StoredSite site) =>
        site.Options.ClientId is { } client && _options.OAuthClientId is { } now && client != now
            ? _options.OAuthPreviousClientSecret is { } left ? new SecretPair(left.Reveal()) : null
            : OfTheSettings(site.Options);

    /// <summary>All sites of the table, and what it keeps of ids without one. A site whose secret cannot be read has a <see cref="Site.Problem"/>; a table that cannot be read throws.</summary>
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
        var options = row.Options.Subscriptions.Count > 0 ? row.Options : row.Options with { Subscriptions = _defaults };
        var problems = new List<string>();
        var former = row.Former is { } left && _clock.GetUtcNow() < left.Since + ChangeOver ? left : null;
        try
        {
            var secret = await SecretAsync(row, former, cancellationToken);
            options = options with { Secret = secret?.Current, PreviousSecret = secret?.Previous };
        }
        catch (SecretUnavailableException)
        {
            problems.Add("its secret cannot be read now");
        }

        var site = SiteReader.Make(row.Id, options, _options, problems, $"See GET /api/sites/{row.Id}.") with
        {
            IsStored = true,
            ActiveSince = row.ActiveSince,
            FormerClientId = former?.ClientId,
        };
        var (disabledSince, reason) = row.RemovedAt is { } removed ? (removed, "It is being removed.") : (row.DisabledSince, row.DisabledReason);

        // Wanting nothing is all there is to it: the next refresh deletes its webhooks, and what is under way still arrives.
        return disabledSince is { } since ? site with { Subscriptions = [], SubscriptionProblems = [], Disabled = new SiteDisabled(since, reason) } : site;
    }

    private async Task<SecretPair?> SecretAsync(StoredSite row, FormerApp? former, CancellationToken cancellationToken)
    {
        var name = SecretName.Of(row.Id, row.Scheme);
        if (row.SecretRevision.Length > 0) return await _secrets.GetAsync(name, row.SecretRevision, cancellationToken);

        // The one OAuth app of the settings needs no copy of its secret per site. A former app without a copy was the settings' too, and its
        // secret is the previous one there.
        var secret = Shared(row);
        return secret is not null && former?.SecretRevision is { Length: > 0 } revision && await _secrets.GetAsync(name, revision, cancellationToken) is { } own
            ? secret with { Previous = own.Current }
            : secret;
    }
}
