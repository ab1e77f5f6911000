using Azure.Data.Tables;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using JiraWebhooks.Subscriptions;

namespace JiraWebhooks.Diagnostics;

/// <summary>Health from what the timers saved, the settings and the grants (rule 31).</summary>
public sealed class HealthReporter(
    ISiteStore sites, SiteStatusTable status, GrantStates grants, DeliveryActivity activity, TimeProvider clock) : IHealthReporter
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(26);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new CancellationTokenSource(Patience, clock);
        using var stop = timer.Token.Register(limit.Cancel);
        try
        {
            var reports = new List<SiteHealth>();
            foreach (var site in await sites.ListAsync(limit.Token)) reports.Add(await ReportAsync(site, limit.Token));
            return new HealthReport(reports.TrueForAll(report => report.State is "ok" or "disabled"), details ? reports : null);
        }
        catch (Exception)
        {
            return new HealthReport(false, details ? [] : null);
        }
    }

    /// <inheritdoc/>
    public async Task<SiteHealth> ReportAsync(Site site, CancellationToken cancellationToken)
    {
        if (activity.Accepted.TryGetValue(site.Id, out var accepted)) await status.SaveDeliveryAsync(site.Id, accepted, cancellationToken);

        try
        {
            var rows = await status.ReadAsync(site.Id, cancellationToken);
            var refresh = rows.GetValueOrDefault("refresh");
            var poll = rows.GetValueOrDefault("poll");
            var cursor = poll?.GetDateTimeOffset("Cursor");
            var (state, reason, since) = await StateAsync(site, refresh, poll, cancellationToken);
            return new SiteHealth(
                site.Id,
                state,
                reason,
                since,
                rows.GetValueOrDefault("delivery")?.GetDateTimeOffset("LastDelivery"),
                refresh?.GetDateTimeOffset("OkAt"),
                refresh?.GetDateTimeOffset("SoonestExpiry"),
                cursor,
                cursor is { } at ? Math.Round((clock.GetUtcNow() - at).TotalHours, 1) : null,
                ConnectNotice.Of(site));
        }
        catch (Azure.RequestFailedException)
        {
            return new SiteHealth(site.Id, "unhealthy", "Table Storage cannot be read.", null, null, null, null, null, null, ConnectNotice.Of(site));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new SiteHealth(site.Id, "unhealthy", "Its OAuth grant cannot be read.", null, null, null, null, null, null, ConnectNotice.Of(site));
        }
    }

    private async Task<(string State, string? Reason, DateTimeOffset? Since)> StateAsync(Site site, TableEntity? refresh, TableEntity? poll, CancellationToken cancellationToken)
    {
        if (site.Problem is { } problem) return ("unhealthy", problem, SiteStatusTable.ProblemSince(refresh));
        if (site.Disabled is { } disabled) return ("disabled", disabled.Reason, disabled.Since);
        if (site.Scheme is SiteScheme.OAuth && await grants.ReconnectRequiredSinceAsync(site, cancellationToken) is { } dead)
        {
            return ("reconnect_required", "The OAuth grant is missing or no longer valid: connect the site again.", dead);
        }

        if (!site.HasApi) return ("ok", null, null);
        if (refresh?.GetString("Problem") is { Length: > 0 } failed) return ("unhealthy", failed, SiteStatusTable.ProblemSince(refresh));

        var now = clock.GetUtcNow();
        if (refresh?.GetDateTimeOffset("OkAt") is { } ok && now - ok > LongestSilence) return ("unhealthy", "No refresh has succeeded for 26 hours.", ok + LongestSilence);
        if (refresh?.GetDateTimeOffset("SoonestExpiry") - now < SiteRefresher.Critical) return ("unhealthy", "A webhook expires within 7 days.", refresh?.GetDateTimeOffset("SoonestExpiry") - SiteRefresher.Critical);

        return poll?.GetString("Problem") is { Length: > 0 } unread ? ("unhealthy", unread, SiteStatusTable.ProblemSince(poll)) : ("ok", null, null);
    }
}
