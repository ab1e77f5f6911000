using System.Collections.Concurrent;
using System.Globalization;
using JiraWebhooks.Deliveries;

namespace JiraWebhooks.Health;

/// <summary>Keeps for Health that tokens are right in all but their times, until a delivery is accepted. It runs beside the receive path, and
/// writes once in a while.</summary>
internal sealed class LateDeliveryRecorder(SiteStatusTable status, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Another instance may have saved that deliveries are late, and its clock alone may be wrong.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Noted> _sites = new(StringComparer.Ordinal);

    /// <summary>Notes such a delivery; returns at once.</summary>
    public void Late(string site, TokenTimes times)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        if (noted.Late is { } late && clock.GetElapsedTime(late) < Pause) return;

        (noted.Late, noted.IsSaved) = (clock.GetTimestamp(), true);
        noted.Write(() => status.SaveLateAsync(site, Problem(times), CancellationToken.None));
    }

    /// <summary>Notes that a delivery was accepted; returns at once.</summary>
    public void Accepted(string site)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        if (!noted.IsSaved && noted.Accepted is { } accepted && clock.GetElapsedTime(accepted) < Look) return;

        (noted.Accepted, noted.IsSaved) = (clock.GetTimestamp(), false);
        noted.Write(() => status.SaveInTimeAsync(site, CancellationToken.None));
    }

    private static string Problem(TokenTimes times) => string.Create(
        CultureInfo.InvariantCulture,
        $"Clock: deliveries are answered 503, as their tokens are valid in all but their times. The last was issued at {TokenTimes.At(times.IssuedAt):u} and expires at {TokenTimes.At(times.Expires):u}; the clock here said {times.Clock:u}.");

    // Read and written by many at once: the worst that comes of it is a row written twice. Timestamps, as the clock may be set meanwhile.
    private sealed class Noted
    {
        private readonly Lock _gate = new();
        private Task _last = Task.CompletedTask;

        public long? Late { get; set; }

        public long? Accepted { get; set; }

        public bool IsSaved { get; set; }

        /// <summary>One after the other: what comes later must not be read over by what came before.</summary>
        public void Write(Func<Task> save)
        {
            lock (_gate) _last = AfterAsync(_last, save);
        }

        private static async Task AfterAsync(Task last, Func<Task> save)
        {
            await last;
            await save();
        }
    }
}
