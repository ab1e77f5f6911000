using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace JiraWebhooks.Telemetry;

/// <summary>Removes credentials from responses of other systems. Such a text goes to the log, to a table and to the API, and a proxy or an
/// attacker in Jira's place may send back the request.</summary>
internal static partial class Redaction
{
    /// <summary>Replaces a removed credential.</summary>
    public const string Removed = "[removed]";

    private const int MostCharacters = 2000;

    /// <summary>Returns <paramref name="text"/> without bearer and basic credentials, JWTs, Atlassian API tokens, values of token parameters and
    /// user information in addresses, cut to a few sentences.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;

        // The text is cut after the removal: a token that was cut in the middle would not be recognised.
        var clean = Credential().Replace(text, Removed);
        return clean.Length <= MostCharacters ? clean : clean[..MostCharacters] + "…";
    }

    /// <inheritdoc cref="Of(string?)"/>
    [return: NotNullIfNotNull(nameof(texts))]
    public static IReadOnlyList<string>? Of(IReadOnlyList<string>? texts) => texts is null ? null : [.. texts.Select(text => Of(text))];

    // "Basic authentication is deprecated" and "JWT token is invalid" are Jira's own sentences.
    [GeneratedRegex(
        """
        (?<=\b(?:Bearer|JWT|Basic)[\s:]+)(?!(?:tokens?|auth|authentication|authorization|scheme|credentials?|claims?|signature|header|validation|verification
            |is|was|are|in|for|and|or|has|not|must|expired|invalid|missing|required)[.,;:!?)]?(?:\s|$))[^\s"'<>,;]+
        |(?<![\w-])eyJ[\w-]*(?:\.[\w-]*)+
        |\bAT(?:ATT|CTT|OA|BB)[\w=.-]{16,}
        |(?<=\b(?:\w+_token|client_secret|token|secret|password|jwt)=)[^\s"'<>,;&]+
        |(?<="(?:\w+_token|client_secret|token|secret|password)"\s*:\s*")[^"]+
        |(?<=//)[^\s/?\#"'<>]*@
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Credential();
}
