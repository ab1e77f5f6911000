using Microsoft.Extensions.Logging;

namespace JiraWebhooks.OAuth;

internal sealed partial class GrantRotation
{
    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "OAuth grant {Grant} refreshed and saved.")]
        public static partial void Refreshed(ILogger logger, string grant);

        [LoggerMessage(Level = LogLevel.Information, Message = "OAuth grant {Grant} changed in the store meanwhile; what is stored is used.")]
        public static partial void LostRace(ILogger logger, string grant);

        [LoggerMessage(Level = LogLevel.Warning, Message = "OAuth grant {Grant} could not be read or refreshed ({Error}); the current access token still lasts.")]
        public static partial void StillUsable(ILogger logger, string grant, string error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "New tokens of OAuth grant {Grant} could not be saved ({Error}); trying again.")]
        public static partial void SavingAgain(ILogger logger, string grant, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "New tokens of OAuth grant {Grant} are not saved ({Error}). They are kept in memory and saved at the next call. The stored ones work for 10 more minutes: fix the store before the process ends.")]
        public static partial void NotSaved(ILogger logger, string grant, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "OAuth grant {Grant} is refused by Atlassian ({Reason}): connect the site again, see docs/sites.md.")]
        public static partial void ReconnectRequired(ILogger logger, string grant, string reason);
    }
}
