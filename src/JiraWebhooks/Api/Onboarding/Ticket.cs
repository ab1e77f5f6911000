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

/// <summary>Stores tickets. Storage errors are passed on.</summary>
public interface ITicketStore
{
    /// <summary>Stores a ticket under <paramref name="id"/>, which is not secret.</summary>
    Task AddAsync(string id, Ticket ticket, CancellationToken cancellationToken);

    /// <summary>Returns the ticket without deleting it, or null.</summary>
    Task<Ticket?> PeekAsync(string id, CancellationToken cancellationToken);

    /// <summary>Deletes the ticket. Returns true to one caller only.</summary>
    Task<bool> TakeAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Tickets in memory, for a command that waits for the callback in the same process.</summary>
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
