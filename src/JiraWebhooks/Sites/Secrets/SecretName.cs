namespace JiraWebhooks.Sites.Secrets;

/// <summary>What a secret is for, and whose it is; both are in its name, so that whoever looks into the vault knows.</summary>
internal static class SecretName
{
    /// <summary>The name, of lower-case letters, digits and hyphens: it ends in file names and in Key Vault.</summary>
    public static string Of(string siteId, SiteScheme scheme) => $"jira-site-{siteId}-{Purpose(scheme)}";

    /// <summary>OAuth signs with the app's client secret, Connect with the installation's shared secret.</summary>
    public static string Purpose(SiteScheme scheme) => scheme switch
    {
        SiteScheme.OAuth => "client-secret",
        SiteScheme.Connect => "shared-secret",
        _ => "webhook-secret",
    };
}
