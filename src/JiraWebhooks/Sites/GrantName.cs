using System.Text.RegularExpressions;

namespace JiraWebhooks.Sites;

/// <summary>Names of grants end in file names, secret names and row keys, some of which know no upper case.</summary>
public static partial class GrantName
{
    /// <summary>The sentence for a name that cannot be used.</summary>
    public const string Rule = "Grant must be 1 to 64 lower-case letters, digits or hyphens";

    /// <summary>The grant a site uses: its own unless the settings name another.</summary>
    public static string Of(Site site) => site.Grant ?? site.Id;

    /// <summary>True for a name that every store can hold.</summary>
    public static bool IsValid(string grant) => Pattern().IsMatch(grant);

    /// <summary>The name, or <see cref="ArgumentException"/>: a path must not be made of just any text.</summary>
    public static string Checked(string grant) => IsValid(grant) ? grant : throw new ArgumentException(Rule, nameof(grant));

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}\\z")]
    private static partial Regex Pattern();
}
