namespace JiraWebhooks.Api;

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
