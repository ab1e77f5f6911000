using System.Collections.Concurrent;
using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Hosting;

namespace JiraWebhooks.Health;

/// <summary>Saves the time of each site's last accepted delivery for Health, from the instance that took the delivery. It works beside the receive
/// path: the first delivery is saved at once, later ones at most once a minute, and the last one when the instance stops.</summary>
internal sealed class LastDeliveryRecorder(DeliveryActivity activity, SiteStatusTable status, TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>Time between two writes for one site.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Window> _open = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        activity.Succeeded += Accepted;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        activity.Succeeded -= Accepted;
        return Task.WhenAll(_open.Select(site => SaveAsync(site.Key, site.Value, cancellationToken)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var window in _open.Values) window.Timer?.Dispose();
    }

    private void Accepted(string site)
    {
        if (_open.ContainsKey(site)) return;

        var window = new Window();
        if (!_open.TryAdd(site, window)) return;

        // The timer outlives the request, so it must not keep the request's context.
        using var flow = ExecutionContext.SuppressFlow();
        window.Timer = clock.CreateTimer(_ => Close(site, window), null, Interval, Interval);
        _ = SaveAsync(site, window, CancellationToken.None);
    }

    private void Close(string site, Window window)
    {
        if (activity.Accepted[site] != window.Saved)
        {
            _ = SaveAsync(site, window, CancellationToken.None);
            return;
        }

        _open.TryRemove(new(site, window));
        window.Timer!.Dispose();

        // A delivery may have come between the comparison and the removal.
        if (activity.Accepted[site] != window.Saved) Accepted(site);
    }

    private Task SaveAsync(string site, Window window, CancellationToken cancellationToken)
    {
        var at = activity.Accepted[site];
        if (at == window.Saved) return Task.CompletedTask;

        window.Saved = at;
        return status.SaveDeliveryAsync(site, at, cancellationToken);
    }

    private sealed class Window
    {
        public ITimer? Timer { get; set; }

        public DateTimeOffset? Saved { get; set; }
    }
}
