using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Api;

/// <summary>What must outlive the way of a browser to Atlassian and back, for one use.</summary>
/// <param name="ExpiresAt">After this it is worth nothing.</param>
public sealed record Ticket(DateTimeOffset ExpiresAt)
{
    /// <summary>SHA-256, in hex, of the secret in the cookie of the browser it was given to; null for a person at a terminal, who has no cookie.</summary>
    public string? Browser { get; init; }

    /// <summary>Name of the grant: wanted while consent is under way, given when sites are chosen; null lets us find one.</summary>
    public string? Grant { get; init; }

    /// <summary>The tenants to choose from; null while consent is under way.</summary>
    public IReadOnlyList<AccessibleResource>? Sites { get; init; }
}

/// <summary>Where tickets are kept. Whatever storage throws comes as it is.</summary>
public interface ITicketStore
{
    /// <summary>Keeps a ticket under <paramref name="id"/>, which is no secret itself.</summary>
    Task AddAsync(string id, Ticket ticket, CancellationToken cancellationToken);

    /// <summary>The ticket, still there; or null.</summary>
    Task<Ticket?> PeekAsync(string id, CancellationToken cancellationToken);

    /// <summary>Takes the ticket away. True for one caller only.</summary>
    Task<bool> TakeAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Tickets of one process, for a command that waits for its answer.</summary>
public sealed class MemoryTickets : ITicketStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task AddAsync(string id, Ticket ticket, CancellationToken cancellationToken)
    {
        _tickets[id] = ticket;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<Ticket?> PeekAsync(string id, CancellationToken cancellationToken) => Task.FromResult(_tickets.GetValueOrDefault(id));

    /// <inheritdoc/>
    public Task<bool> TakeAsync(string id, CancellationToken cancellationToken) => Task.FromResult(_tickets.TryRemove(id, out _));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Ticket))]
internal sealed partial class TicketJson : JsonSerializerContext;
