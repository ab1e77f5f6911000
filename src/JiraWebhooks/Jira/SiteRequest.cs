namespace JiraWebhooks.Jira;

/// <summary>How a request says which site it is for.</summary>
public static class SiteRequest
{
    /// <summary>Key of the request property that holds the <see cref="Sites.Site"/>.</summary>
    public const string Key = "JiraWebhooks.Site";
}
