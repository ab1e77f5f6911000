using JiraWebhooks.Sites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Logs at every start which sites cannot work and why. Such a site does not stop the others
/// (docs/architecture.md#a-wrong-site-is-unhealthy), so without this line a person who has just changed the settings would not see it.</summary>
internal sealed partial class SiteProblems(ISiteStore sites, ILogger<SiteProblems> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var site in await sites.ListKnownAsync(logger, stoppingToken).WaitAsync(stoppingToken))
            {
                if (site.Problem is { } problem) Log.Wrong(logger, site.Id, problem);
                else if (site.SecretProblem is { } secret) Log.WrongSecret(logger, site.Id, secret);
            }
        }
        catch (Exception error)
        {
            // A failed log line must not stop the host. Health shows the problems too.
            if (!stoppingToken.IsCancellationRequested) Log.Unreadable(logger, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Site {Site} cannot work, and its deliveries are answered 503: {Problem}")]
        public static partial void Wrong(ILogger logger, string site, string problem);

        [LoggerMessage(3, LogLevel.Error, "Site {Site} lacks a secret: {Problem}")]
        public static partial void WrongSecret(ILogger logger, string site, string problem);

        [LoggerMessage(2, LogLevel.Information, "The sites could not be read at start ({Error}), so they were not checked.")]
        public static partial void Unreadable(ILogger logger, string error);
    }
}
