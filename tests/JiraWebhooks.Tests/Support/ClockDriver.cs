using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Support;

internal static class ClockDriver
{
    /// <summary>Moves the clock on, second by second, until <paramref name="work"/> is done; fails after <paramref name="limit"/> of its time.</summary>
    public static async Task<T> DriveAsync<T>(this FakeTimeProvider clock, Task<T> work, TimeSpan? limit = null)
    {
        var end = clock.GetUtcNow() + (limit ?? TimeSpan.FromHours(1));
        while (!work.IsCompleted)
        {
            // Work that waits for something real gets the processor before time passes.
            var turn = Stopwatch.StartNew();
            while (turn.ElapsedMilliseconds < 1 && !work.IsCompleted) await Task.Yield();
            if (clock.GetUtcNow() > end) throw new TimeoutException($"Still not done after {limit ?? TimeSpan.FromHours(1)} on the clock of the test.");
            if (!work.IsCompleted) clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await work;
    }

    /// <inheritdoc cref="DriveAsync{T}(FakeTimeProvider, Task{T}, TimeSpan?)"/>
    public static Task DriveAsync(this FakeTimeProvider clock, Task work, TimeSpan? limit = null) =>
        clock.DriveAsync(Wrapped(work), limit);

    private static async Task<bool> Wrapped(Task work)
    {
        await work;
        return true;
    }
}
