namespace JiraWebhooks.Sites;

/// <summary>Names of grants. They become file names, secret names and row keys, some of which have no upper case.</summary>
public static class GrantName
{
    /// <summary>The error message for an invalid name.</summary>
    public const string Rule = "Grant must be 1 to 64 lower-case letters, digits or hyphens";

    /// <summary>Returns the name of the site's grant: its id unless the settings name another.</summary>
    public static string Of(Site site) => site.Grant ?? site.Id;

    /// <summary>The same for a site that is only known by its settings.</summary>
    internal static string Of(string id, SiteSettings settings) => string.IsNullOrWhiteSpace(settings.Grant) ? id : settings.Grant.Trim().ToLowerInvariant();

    /// <summary>True if <paramref name="site"/> uses the grant of that name.</summary>
    internal static bool IsUsedBy(Site site, string grant) => site.Scheme is SiteScheme.OAuth && Of(site) == grant;

    /// <summary>True if every store accepts the name.</summary>
    public static bool IsValid(string grant) => RowName.IsValid(grant);

    /// <summary>Returns the name, or throws <see cref="ArgumentException"/>: a file path must not be made of unchecked text.</summary>
    public static string Checked(string grant) => IsValid(grant) ? grant : throw new ArgumentException(Rule, nameof(grant));
}
