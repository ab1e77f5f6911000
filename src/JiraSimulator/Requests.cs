using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraSimulator;

/// <summary>The request does not fit its schema; Jira answers 400.</summary>
internal sealed class RequestException(string message) : Exception(message);

/// <summary>WebhookRegistrationDetails of Atlassian's schema.</summary>
internal sealed record RegistrationRequest(string Url, IReadOnlyList<WebhookRequest> Webhooks);

/// <summary>WebhookDetails of Atlassian's schema.</summary>
internal sealed record WebhookRequest(
    IReadOnlyList<string> Events, string JqlFilter, IReadOnlyList<string>? FieldIdsFilter = null, IReadOnlyList<string>? IssuePropertyKeysFilter = null);

/// <summary>ContainerForWebhookIDs of Atlassian's schema.</summary>
internal sealed record IdsRequest(IReadOnlyList<long> WebhookIds);

/// <summary>SearchAndReconcileRequestBean of Atlassian's schema.</summary>
internal sealed record SearchRequest(
    string? Jql = null, string? NextPageToken = null, int? MaxResults = null, IReadOnlyList<string>? Fields = null, string? Expand = null,
    IReadOnlyList<string>? Properties = null, bool? FieldsByKeys = null, bool? FailFast = null, IReadOnlyList<long>? ReconcileIssues = null);

/// <summary>Body of the token endpoint, which ignores unknown properties.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record TokenRequest(
    [property: JsonPropertyName("grant_type")] string? GrantType = null, [property: JsonPropertyName("client_id")] string? ClientId = null,
    [property: JsonPropertyName("client_secret")] string? ClientSecret = null, [property: JsonPropertyName("refresh_token")] string? RefreshToken = null,
    [property: JsonPropertyName("code")] string? Code = null, [property: JsonPropertyName("redirect_uri")] string? RedirectUri = null);

/// <summary>Reads requests as strictly as their schemas say, before anything takes effect.</summary>
internal static class Requests
{
    private const string Unreadable = "The request body does not fit its schema.";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <exception cref="RequestException">A property is missing, unknown or of another type.</exception>
    public static async Task<T> BodyAsync<T>(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Strict, context.RequestAborted) ?? throw new RequestException(Unreadable);
        }
        catch (JsonException)
        {
            throw new RequestException(Unreadable);
        }
    }

    /// <summary>Returns a number of the query, or null if it has no such parameter.</summary>
    /// <exception cref="RequestException">The parameter is no whole number in the range, or is given twice.</exception>
    public static long? Number(HttpRequest request, string name, long least, long most = int.MaxValue)
    {
        if (!request.Query.TryGetValue(name, out var values)) return null;

        return values is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RequestException($"The parameter {name} must be a whole number from {least} to {most}.");
    }
}
