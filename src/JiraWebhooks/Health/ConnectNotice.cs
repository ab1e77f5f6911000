using JiraWebhooks.Sites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Warns at every start, and in Health, that Connect reaches its end of support: the day on which webhooks stop must not be a surprise
/// (<see href="https://www.atlassian.com/blog/developer/announcing-connect-end-of-support-timeline-and-next-steps"/>).</summary>
public sealed partial class ConnectNotice(ISiteStore sites, ILogger<ConnectNotice> logger) : BackgroundService
{
    // Some texts of mid-2026 name 31 January 2027. No page of Atlassian with that date was found.
    private const string Text =
        "Atlassian has announced the end of Connect's support for December 2026 (some texts say 31 January 2027). "
        + "Jira's list of failed deliveries, open to Connect apps alone, ends with it. Connect the site with OAuth 2.0 before, see docs/sites.md and "
        + "https://www.atlassian.com/blog/developer/announcing-connect-end-of-support-timeline-and-next-steps";

    /// <summary>The warning for <paramref name="site"/>; null unless it is an enabled Connect site.</summary>
    public static string? Of(Site site) => site is { Scheme: SiteScheme.Connect, Disabled: null } ? Text : null;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var known = await sites.ListKnownAsync(logger, stoppingToken).WaitAsync(stoppingToken);
            var concerned = known.Where(site => Of(site) is not null).Select(site => site.Id).Order(StringComparer.Ordinal).ToList();
            if (concerned.Count > 0) Log.Ends(logger, string.Join(", ", concerned), Text);
        }
        catch (Exception error)
        {
            // A failed warning must not stop the host. Health shows the warning too.
            if (!stoppingToken.IsCancellationRequested) Log.Unreadable(logger, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Connect is in use at: {Sites}. {Notice}")]
        public static partial void Ends(ILogger logger, string sites, string notice);

        [LoggerMessage(2, LogLevel.Information, "The sites could not be read at start ({Error}), so they were not checked.")]
        public static partial void Unreadable(ILogger logger, string error);
    }
}
