using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Support;

internal static class ClockDriver
{
    /// <summary>Moves the clock on, second by second, until <paramref name="work"/> is done; fails after <paramref name="limit"/> of its time.
    /// Work that does something real gets the processor first: time passes only for what seems to wait for it, slowly for a minute and
    /// then fast.</summary>
    public static async Task<T> DriveAsync<T>(this FakeTimeProvider clock, Task<T> work, TimeSpan? limit = null)
    {
        var started = clock.GetUtcNow();
        var end = started + (limit ?? TimeSpan.FromHours(1));
        await GiveWayAsync(work, milliseconds: 500, turns: 10_000);
        while (!work.IsCompleted)
        {
            var now = clock.GetUtcNow();
            if (now > end) throw new TimeoutException($"Still not done after {limit ?? TimeSpan.FromHours(1)} on the clock of the test.");
            clock.Advance(TimeSpan.FromSeconds(1));
            if (now - started < TimeSpan.FromMinutes(1)) await GiveWayAsync(work, 20, turns: 2_000);
            else await GiveWayAsync(work, 2, turns: 50);
        }

        return await work;
    }

    /// <inheritdoc cref="DriveAsync{T}(FakeTimeProvider, Task{T}, TimeSpan?)"/>
    public static Task DriveAsync(this FakeTimeProvider clock, Task work, TimeSpan? limit = null) =>
        clock.DriveAsync(Wrapped(work), limit);

    // Milliseconds say nothing on a machine that is busy with something else: so many turns of the thread pool have to be had as well.
    private static async Task GiveWayAsync(Task work, int milliseconds, int turns)
    {
        var time = Stopwatch.StartNew();
        for (var turn = 0; (turn < turns || time.ElapsedMilliseconds < milliseconds) && !work.IsCompleted; turn++) await Task.Yield();
    }

    private static async Task<bool> Wrapped(Task work)
    {
        await work;
        return true;
    }
}
