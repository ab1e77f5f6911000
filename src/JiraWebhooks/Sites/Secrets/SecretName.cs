namespace JiraWebhooks.Sites;

/// <summary>The name of a secret. It contains site and purpose, so that an operator who opens the vault sees both.</summary>
internal static class SecretName
{
    private const string Prefix = "jira-site-";

    /// <summary>Returns the name, made of lower-case letters, digits and hyphens, because it is used in file names and in Key Vault.</summary>
    public static string Of(string siteId, SiteScheme scheme) => $"{Prefix}{siteId}-{Purpose(scheme)}";

    /// <summary>Reads site and purpose from a name; false for a name that was not made here.</summary>
    public static bool TryRead(string name, out string siteId, out SiteScheme scheme)
    {
        foreach (var candidate in Enum.GetValues<SiteScheme>())
        {
            var end = $"-{Purpose(candidate)}";
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(end, StringComparison.Ordinal) || name.Length <= Prefix.Length + end.Length) continue;

            (siteId, scheme) = (name[Prefix.Length..^end.Length], candidate);
            return SiteSlug.IsValid(siteId);
        }

        (siteId, scheme) = ("", default);
        return false;
    }

    /// <summary>OAuth signs with the app's client secret, Connect with the installation's shared secret.</summary>
    public static string Purpose(SiteScheme scheme) => scheme switch
    {
        SiteScheme.OAuth => "client-secret",
        SiteScheme.Connect => "shared-secret",
        _ => "webhook-secret",
    };
}
