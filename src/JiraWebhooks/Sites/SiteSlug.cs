using System.Globalization;
using System.Text.RegularExpressions;

namespace JiraWebhooks.Sites;

/// <summary>The id of a site: part of its callback URL, of setting names, row keys and secret names.</summary>
public static partial class SiteSlug
{
    /// <summary>The error message for an invalid slug.</summary>
    public const string Rule = "its name must be 1 to 32 lower-case letters, digits or hyphens";

    private const int Longest = 32;

    /// <summary>True for a valid slug.</summary>
    public static bool IsValid(string id) => Pattern().IsMatch(id);

    /// <summary>Makes a slug of the first label of the site's address, which is unique, short and nearly always a valid slug. Adds a number if
    /// <paramref name="taken"/> has the slug, and adds the result to <paramref name="taken"/>.</summary>
    /// <param name="url">The site's address.</param>
    /// <param name="taken">The slugs in use.</param>
    /// <param name="hyphens">False for a slug that becomes part of a setting's name, where Azure allows no hyphens.</param>
    public static string New(Uri url, ISet<string> taken, bool hyphens)
    {
        var label = Other().Replace(url.Host.Split('.')[0].ToLowerInvariant(), hyphens ? "-" : "").Trim('-');
        if (!hyphens) label = label.Replace("-", "", StringComparison.Ordinal);
        if (label.Length == 0) label = "site";
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{(hyphens ? "-" : "")}{number}");
            var slug = label[..Math.Min(label.Length, Longest - suffix.Length)].TrimEnd('-') + suffix;
            if (taken.Add(slug)) return slug;
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}\\z")]
    private static partial Regex Pattern();

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex Other();
}
