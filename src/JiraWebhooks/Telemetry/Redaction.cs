using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace JiraWebhooks.Telemetry;

/// <summary>Cuts credentials out of texts that another system has answered. Such a text goes to the log, to a table and to the API, and a
/// proxy, or someone in Jira's place, may send back what it was sent.</summary>
internal static partial class Redaction
{
    /// <summary>What stands where something was cut out.</summary>
    public const string Removed = "[removed]";

    private const int MostCharacters = 2000;

    /// <summary><paramref name="text"/> without bearer and basic credentials, JWTs, Atlassian's API tokens, values of token parameters and
    /// user information in addresses, and not longer than a few sentences.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;

        // Cut afterwards: what is left of a token that was cut would not be recognised.
        var clean = Credential().Replace(text, Removed);
        return clean.Length <= MostCharacters ? clean : clean[..MostCharacters] + "…";
    }

    /// <inheritdoc cref="Of(string?)"/>
    [return: NotNullIfNotNull(nameof(texts))]
    public static IReadOnlyList<string>? Of(IReadOnlyList<string>? texts) => texts is null ? null : [.. texts.Select(text => Of(text))];

    // "Basic authentication is deprecated" and "JWT token is invalid" are Jira's own sentences.
    [GeneratedRegex(
        """
        (?<=\b(?:Bearer|JWT|Basic)[\s:]+)(?!(?:tokens?|auth|authentication|authorization|scheme|credentials?|claims?|signature|header|validation|verification|is|was|are|in|for|and|or|has|not|must|expired|invalid|missing|required)[.,;:!?)]?(?:\s|$))[^\s"'<>,;]+
        |(?<![\w-])eyJ[\w-]*(?:\.[\w-]*)+
        |\bAT(?:ATT|CTT|OA|BB)[\w=.-]{16,}
        |(?<=\b(?:\w+_token|client_secret|token|secret|password|jwt)=)[^\s"'<>,;&]+
        |(?<="(?:\w+_token|client_secret|token|secret|password)"\s*:\s*")[^"]+
        |(?<=//)[^\s/?\#"'<>]*@
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Credential();
}
