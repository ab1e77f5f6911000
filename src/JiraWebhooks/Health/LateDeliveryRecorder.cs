using System.Collections.Concurrent;
using System.Globalization;
using JiraWebhooks.Deliveries;

namespace JiraWebhooks.Health;

/// <summary>Saves for Health that tokens are valid except for their times, until a delivery is accepted. It runs beside the receive path and
/// limits how often it writes.</summary>
internal sealed class LateDeliveryRecorder(SiteStatusTable status, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Another instance may have saved that deliveries are late, and only its clock may be wrong.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Noted> _sites = new(StringComparer.Ordinal);

    /// <summary>Records such a delivery; returns at once.</summary>
    public void Late(string site, TokenTimes times)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        if (noted.Late is { } late && clock.GetElapsedTime(late) < Pause) return;

        (noted.Late, noted.IsSaved) = (clock.GetTimestamp(), true);
        noted.Write(() => status.SaveLateAsync(site, Problem(times), CancellationToken.None));
    }

    /// <summary>Records an accepted delivery; returns at once.</summary>
    public void Accepted(string site)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        if (!noted.IsSaved && noted.Accepted is { } accepted && clock.GetElapsedTime(accepted) < Look) return;

        (noted.Accepted, noted.IsSaved) = (clock.GetTimestamp(), false);
        noted.Write(() => status.SaveInTimeAsync(site, CancellationToken.None));
    }

    private static string Problem(TokenTimes times) => string.Create(
        CultureInfo.InvariantCulture,
        $"Clock: deliveries are answered 503, as their tokens are valid except for their times. The last was issued at {TokenTimes.At(times.IssuedAt):u} and expires at {TokenTimes.At(times.Expires):u}; the clock here said {times.Clock:u}.");

    // Many threads read and write this; the worst result is that a row is written twice. Timestamps, because the clock may be set.
    private sealed class Noted
    {
        private readonly Lock _gate = new();
        private Task _last = Task.CompletedTask;

        public long? Late { get; set; }

        public long? Accepted { get; set; }

        public bool IsSaved { get; set; }

        /// <summary>Writes one at a time, so that an older state does not overwrite a newer one. <paramref name="save"/> must not throw: every later
        /// write of the site waits for it, and would fail too.</summary>
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
