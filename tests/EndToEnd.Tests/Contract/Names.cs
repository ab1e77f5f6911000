namespace EndToEnd.Tests.Contract;

/// <summary>The names that a restructuring of the code may change. Everything else in this folder is what users, subscribers, alerts and rows
/// of an earlier version rely on.</summary>
internal static class Names
{
    /// <summary>Settings that only the tests set. The names in error messages are made from these too.</summary>
    public static class Setting
    {
        public const string Storage = "AzureWebJobsStorage";
        public const string PublicBaseUrl = "PublicBaseUrl";
        public const string Publisher = "Publisher";
        public const string QueueName = "QueueName";
        public const string ClaimCheckContainer = "ClaimCheckContainer";
        public const string ClaimCheckThreshold = "ClaimCheckThreshold";
        public const string MaxBodyBytes = "MaxBodyBytes";
        public const string KeyVault = "KeyVaultUri";
        public const string TokenFolder = "TokenFolder";
        public const string RunParallelism = "RunParallelism";
        public const string TakeOver = "TakeOver";
        public const string ApiUrl = "AtlassianApiUrl";
        public const string AuthUrl = "AtlassianAuthUrl";
        public const string ClientId = "OAuthClientId";
        public const string ClientSecret = "OAuthClientSecret";
        public const string RefreshSchedule = "RefreshSchedule";
        public const string PollSchedule = "PollSchedule";
        public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";
        public const string ApplicationInsightsIdentity = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
        public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

        /// <summary>Section of the webhooks of sites that declare none.</summary>
        public const string Webhooks = "Webhooks";

        /// <summary>A setting of a site.</summary>
        public static string Site(string site, string name) => $"Sites__{site}__{name}";
    }

    /// <summary>Properties of the management API.</summary>
    public static class Api
    {
        public const string Webhooks = "webhooks";
    }

    /// <summary>Tables and their rows.</summary>
    public static class Table
    {
        public const string Webhooks = "webhooks";
        public const string Cursors = "cursors";
        public const string Leases = "leases";
        public const string Sites = "sites";
        public const string Tickets = "tickets";
        public const string Status = "sitestatus";

        public const string CursorRow = "cursor";
        public const string SearchRow = "search";
        public const string OutageRow = "outage";
        public const string MissingRow = "missing";
    }

    /// <summary>Where messages and large bodies go.</summary>
    public static class Storage
    {
        public const string Queue = "jira-deliveries";
        public const string Bodies = "jira-bodies";
    }

    /// <summary>Word of the identity of what a search has found.</summary>
    public const string Search = "search";

    /// <summary>Meter of all metrics.</summary>
    public const string Meter = "JiraWebhooks";
}
