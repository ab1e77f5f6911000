using JiraWebhooks.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Publishing;

/// <summary>Tells whether this process can publish deliveries. It says nothing about sites: a process is live although a site is not healthy.</summary>
public sealed class PublisherLiveness([FromKeyedServices(AzureClients.Receive)] IDeliveryPublisher publisher, TimeProvider clock)
{
    /// <summary>How long a connection that was used or opened counts as working.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    /// <summary>Least time between two tries to open the connection, for all callers together.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // The SDK ignores a cancellation while it opens a link, so this limit is enforced from outside.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Lock _gate = new();
    private Task<bool>? _try;
    private long _triedAt;
    private long _worked;
    private volatile bool _hasWorked;

    /// <summary>A delivery was published.</summary>
    public void Worked()
    {
        Volatile.Write(ref _worked, clock.GetTimestamp());
        _hasWorked = true;
    }

    /// <summary>True if this process has published a delivery or reached the bus within <see cref="FreshFor"/>, or can reach it now. Never throws
    /// because of the bus.</summary>
    public async Task<bool> IsLiveAsync(CancellationToken cancellationToken) =>
        (_hasWorked && clock.GetElapsedTime(Volatile.Read(ref _worked)) < FreshFor) || await TryAsync().WaitAsync(cancellationToken);

    private Task<bool> TryAsync()
    {
        lock (_gate)
        {
            if (_try is not null && (!_try.IsCompleted || clock.GetElapsedTime(_triedAt) < Pause)) return _try;

            _triedAt = clock.GetTimestamp();

            // The first caller may disconnect; the others still wait for the result.
            return _try = Task.Run(OpenAsync);
        }
    }

    private async Task<bool> OpenAsync()
    {
        try
        {
            await publisher.OpenAsync(CancellationToken.None).WaitAsync(Patience, clock);
            Worked();
            return true;
        }
        catch (Exception)
        {
            // Why a delivery cannot be published is logged with the delivery.
            return false;
        }
    }
}
