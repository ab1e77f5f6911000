using System.Text.Json;

namespace JiraWebhooks.Deliveries;

/// <summary>The JOSE header of a token whose signature is verified.</summary>
internal static class JwtHeader
{
    /// <summary>True when the header says HS256 once, in exactly this spelling, and requires no extension that we would have to understand
    /// (<c>crit</c>, RFC 7515 section 4.1.11).</summary>
    public static bool IsHs256(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return false;

            var algorithms = 0;
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("crit"u8)) return false;

                var isAlgorithm = reader.ValueTextEquals("alg"u8);
                reader.Read();
                if (isAlgorithm)
                {
                    algorithms++;
                    if (reader.TokenType is not JsonTokenType.String || !reader.ValueTextEquals("HS256"u8)) return false;
                }

                reader.Skip();
            }

            return algorithms == 1 && !reader.Read();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
