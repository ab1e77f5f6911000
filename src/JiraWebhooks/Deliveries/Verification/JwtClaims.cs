using System.Text.Json;

namespace JiraWebhooks.Deliveries;

/// <summary>How a claim compares with what the site expects.</summary>
internal enum ClaimMatch
{
    /// <summary>The token does not carry it.</summary>
    Absent,

    /// <summary>It is what the site expects.</summary>
    Same,

    /// <summary>It is something else.</summary>
    Other,
}

/// <summary>The claims that we use, of a token whose signature is verified.</summary>
internal record struct JwtClaims
{
    /// <summary><c>exp</c> in seconds since 1970.</summary>
    public double? Expires { get; private set; }

    /// <summary><c>iat</c> in seconds since 1970.</summary>
    public double? IssuedAt { get; private set; }

    /// <summary><c>nbf</c> in seconds since 1970.</summary>
    public double? NotBefore { get; private set; }

    /// <summary><c>iss</c>.</summary>
    public ClaimMatch Issuer { get; private set; }

    /// <summary><c>qsh</c>.</summary>
    public ClaimMatch QueryHash { get; private set; }

    /// <summary><c>context.cloudId</c>.</summary>
    public ClaimMatch CloudId { get; private set; }

    /// <summary>Reads the claims. Returns false if they are not a JSON object, or if a claim that we use is repeated or has the wrong type. Only
    /// <c>context</c> is read with less rigour: if it is not an object, or if its <c>cloudId</c> is not a text, the cloud id counts as absent. A
    /// <c>cloudId</c> after one that is a text is refused.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, in JwtRules rules, out JwtClaims claims)
    {
        claims = default;
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && reader.TokenType is JsonTokenType.StartObject && claims.TryReadMembers(ref reader, rules) && !reader.Read();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool TryReadMembers(ref Utf8JsonReader reader, in JwtRules rules)
    {
        var contexts = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var read = true;
            if (reader.ValueTextEquals("exp"u8)) read = Expires is null && (Expires = Seconds(ref reader)) is not null;
            else if (reader.ValueTextEquals("iat"u8)) read = IssuedAt is null && (IssuedAt = Seconds(ref reader)) is not null;
            else if (reader.ValueTextEquals("nbf"u8)) read = NotBefore is null && (NotBefore = Seconds(ref reader)) is not null;
            else if (reader.ValueTextEquals("iss"u8)) read = Issuer is ClaimMatch.Absent && (Issuer = Match(ref reader, rules.Issuer)) is not ClaimMatch.Absent;
            else if (reader.ValueTextEquals("qsh"u8)) read = QueryHash is ClaimMatch.Absent && (QueryHash = Match(ref reader, rules.QueryHash)) is not ClaimMatch.Absent;
            else if (reader.ValueTextEquals("context"u8)) read = contexts++ == 0 && TryReadContext(ref reader, rules);
            else reader.Skip();

            if (!read) return false;
        }

        return true;
    }

    // Connect's context has another meaning (and sometimes is not an object), so anything but an object is skipped.
    private bool TryReadContext(ref Utf8JsonReader reader, in JwtRules rules)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("cloudId"u8)) reader.Skip();
            else if (CloudId is not ClaimMatch.Absent) return false;
            else CloudId = Match(ref reader, rules.CloudId, ignoreCase: true);
        }

        return true;
    }

    private static double? Seconds(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType is JsonTokenType.Number && reader.TryGetDouble(out var seconds) && double.IsFinite(seconds) ? seconds : null;
    }

    private static ClaimMatch Match(ref Utf8JsonReader reader, string? expected, bool ignoreCase = false)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.String)
        {
            return reader.ValueTextEquals(expected) || (ignoreCase && string.Equals(reader.GetString(), expected, StringComparison.OrdinalIgnoreCase))
                ? ClaimMatch.Same
                : ClaimMatch.Other;
        }

        reader.Skip();
        return ClaimMatch.Absent;
    }
}
