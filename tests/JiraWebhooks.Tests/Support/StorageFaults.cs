namespace JiraWebhooks.Tests.Support;

/// <summary>Something is done again and again, each time in a new world and with storage failing one call later, until nothing is left to fail.</summary>
internal static class StorageFaults
{
    /// <summary>The n-th call of any table fails, before it has done anything.</summary>
    public static Task AtEveryCallAsync(Func<Task<World>> ready, Func<World, Task> act, Func<World, string, Task> assert) =>
        RunAsync(ready, act, assert, (tables, step) => tables.Before = step, () => new Azure.RequestFailedException(503, "storage is away"), "storage failed at call");

    /// <summary>The n-th write of any table takes effect, and its answer is lost.</summary>
    public static Task AtEveryAnswerAsync(Func<Task<World>> ready, Func<World, Task> act, Func<World, string, Task> assert) =>
        RunAsync(ready, act, assert, (tables, step) => tables.After = step, () => new Azure.RequestFailedException(0, "the answer was lost"), "the answer was lost of write");

    private static async Task RunAsync(
        Func<Task<World>> ready, Func<World, Task> act, Func<World, string, Task> assert,
        Action<InMemoryTables, Action<string>> set, Func<Exception> failure, string what)
    {
        for (var failing = 1; ; failing++)
        {
            await using var world = await ready();
            var calls = 0;
            set(world.Tables, _ =>
            {
                if (Interlocked.Increment(ref calls) == failing) throw failure();
            });
            await act(world);
            set(world.Tables, _ => { });

            await assert(world, $"{what} {failing}");
            if (calls < failing) return;
        }
    }
}
