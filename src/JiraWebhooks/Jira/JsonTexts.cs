using System.Text.Json;

namespace JiraWebhooks.Jira;

/// <summary>Reads texts that Jira may have cut.</summary>
internal static class JsonTexts
{
    /// <summary>The text at <paramref name="reader"/>; null if it has half a surrogate pair, which the framework rejects, or if the value is no text.
    /// The reader is left at the end of the value.</summary>
    public static string? ReadOrSkip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
