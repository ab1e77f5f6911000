using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Diagnostics;

/// <summary>Counts the sites that need somebody, at the end of every timer run.</summary>
public sealed partial class SiteGauges(GrantStates grants, ILogger<SiteGauges> logger)
{
    /// <summary>Records how many of <paramref name="sites"/> are wrongly configured, and how many have to be connected again.</summary>
    public async Task RecordAsync(IReadOnlyList<Site> sites, CancellationToken cancellationToken)
    {
        var reconnect = 0;
        foreach (var site in sites.Where(site => site.Problem is null && site.Scheme is SiteScheme.OAuth))
        {
            try
            {
                if (await grants.ReconnectRequiredSinceAsync(site, cancellationToken) is not null) reconnect++;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Unreadable(logger, site.Id, error.GetType().Name);
            }
        }

        TimerMetrics.Count(sites.Count(site => site.Problem is not null), reconnect);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The OAuth grant of {Site} cannot be read now ({Error}).")]
        public static partial void Unreadable(ILogger logger, string site, string error);
    }
}
