using System.Text.RegularExpressions;

namespace JiraWebhooks.Sites;

/// <summary>Names of grants and of declared webhooks: texts that are valid as row key, file name and secret name.</summary>
internal static partial class RowName
{
    /// <summary>True for 1 to 64 lower-case letters, digits or hyphens that do not begin with a hyphen.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}\\z")]
    private static partial Regex Pattern();
}
