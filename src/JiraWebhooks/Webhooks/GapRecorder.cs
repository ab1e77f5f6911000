using JiraWebhooks.Recovery;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Records since when webhooks of a site were missing, so that the recovery searches for events that Jira never sent.</summary>
public sealed partial class GapRecorder(OutageTable outages, ILogger<GapRecorder> logger)
{
    /// <summary>Records the run's gap, if there is one. Returns false if that failed; the run continues.</summary>
    internal async Task<bool> RecordAsync(SiteRun run, CancellationToken cancellationToken)
    {
        if (run.GapStart is not { } since) return true;

        try
        {
            await outages.RecordMissingAsync(run.Site.Id, since, cancellationToken);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotWritten(logger, run.Site.Id, since, error);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Site {Site}: could not record that webhooks are missing since {Since}.")]
        public static partial void NotWritten(ILogger logger, string site, DateTimeOffset since, Exception error);
    }
}
