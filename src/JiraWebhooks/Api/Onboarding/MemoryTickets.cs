using System.Collections.Concurrent;

namespace JiraWebhooks.Api;

/// <summary>Tickets in memory, for a command that waits for the callback in the same process.</summary>
public sealed class MemoryTickets : ITicketStore
{
    private readonly ConcurrentDictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);

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
