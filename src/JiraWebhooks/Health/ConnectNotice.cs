using JiraWebhooks.Sites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Says at every start, and in Health, that Connect is at its end. A day on which webhooks stop must not come as a surprise
/// (<see href="https://www.atlassian.com/blog/developer/announcing-connect-end-of-support-timeline-and-next-steps"/>).</summary>
public sealed partial class ConnectNotice(ISiteStore sites, ILogger<ConnectNotice> logger) : BackgroundService
{
    // Some texts of mid-2026 say 31 January 2027; Atlassian itself was not seen to.
    private const string Text =
        "Atlassian has announced the end of Connect's support for December 2026 (some texts say 31 January 2027). "
        + "Jira's list of failed deliveries, open to Connect apps alone, ends with it. Connect the site with OAuth 2.0 before, see docs/sites.md and "
        + "https://www.atlassian.com/blog/developer/announcing-connect-end-of-support-timeline-and-next-steps";

    /// <summary>What there is to say of <paramref name="site"/>; null for all but Connect sites that are in use.</summary>
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
            // A host must never fail for a notice; Health has it too.
            if (!stoppingToken.IsCancellationRequested) Log.Unreadable(logger, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Connect is in use at: {Sites}. {Notice}")]
        public static partial void Ends(ILogger logger, string sites, string notice);

        [LoggerMessage(2, LogLevel.Information, "Whether a site uses Connect could not be told at start ({Error}).")]
        public static partial void Unreadable(ILogger logger, string error);
    }
}
