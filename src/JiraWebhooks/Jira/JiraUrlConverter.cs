using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.Jira;

/// <summary>Reads an address. What is no absolute http address becomes null, and never an error: the framework would reject the whole list, and the webhooks
/// in it would expire.</summary>
internal sealed class JiraUrlConverter : JsonConverter<Uri?>
{
    /// <inheritdoc/>
    public override Uri? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = JsonTexts.ReadOrSkip(ref reader);

        // On Linux, a path is an absolute address of a file.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? url : null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Uri? value, JsonSerializerOptions options) => writer.WriteStringValue(value?.OriginalString);
}
