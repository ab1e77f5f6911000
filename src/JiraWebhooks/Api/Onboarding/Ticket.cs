using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Api;

/// <summary>The data to keep while a browser is at Atlassian; usable once.</summary>
/// <param name="ExpiresAt">The time when the ticket expires.</param>
public sealed record Ticket(DateTimeOffset ExpiresAt)
{
    /// <summary>SHA-256, in hex, of the secret in the browser's cookie; null for the command <c>connect</c>, which has no cookie.</summary>
    public string? Browser { get; init; }

    /// <summary>Name of the grant: requested during consent, final while sites are chosen; null means that the app chooses one.</summary>
    public string? Grant { get; init; }

    /// <summary>The tenants to choose from; null during consent.</summary>
    public IReadOnlyList<AccessibleResource>? Sites { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Ticket))]
internal sealed partial class TicketJson : JsonSerializerContext;
