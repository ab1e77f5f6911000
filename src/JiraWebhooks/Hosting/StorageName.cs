using System.Text.RegularExpressions;

namespace JiraWebhooks.Hosting;

/// <summary>The valid names of queues and blob containers
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata"/>).</summary>
internal static partial class StorageName
{
    /// <summary>The rule, for error messages.</summary>
    public const string Rule = "3 to 63 lower-case letters, digits or single hyphens, with a letter or digit at either end";

    /// <summary>True for a name that storage accepts.</summary>
    public static bool IsValid(string name) => name.Length is >= 3 and <= 63 && Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex Pattern();
}
