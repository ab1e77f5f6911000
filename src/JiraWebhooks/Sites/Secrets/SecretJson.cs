using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.Sites;

/// <summary>The stored form of a secret, the same in a file and in Key Vault.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SecretPair))]
internal sealed partial class SecretJson : JsonSerializerContext
{
    public static string Write(SecretPair value) => JsonSerializer.Serialize(value, Default.SecretPair);

    /// <summary>Parses a secret. Throws <see cref="InvalidDataException"/> without quoting the text.</summary>
    public static SecretPair Read(string text, string name)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, Default.SecretPair) is { Current.Length: > 0 } read) return read;
        }
        catch (JsonException)
        {
            // the message and the path of the exception may quote the text
        }

        throw new InvalidDataException($"The stored secret {name} cannot be read: set it again with the site's rotate call.");
    }
}
