using System.Runtime.InteropServices;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Gives the measured servers the first core and the client the others, so that the client takes no time from a server: what the client
/// needs for a request would otherwise make all servers look more alike. Only on Linux; elsewhere all share all cores.</summary>
internal static class Cores
{
    private const int MostCores = 1024; // of a cpu_set_t

    /// <summary>True if the servers and the client can have cores of their own.</summary>
    public static bool CanSplit { get; } = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1;

    /// <summary>Runs <paramref name="start"/> so that a process that it starts has the first core only: a process begins with the cores of the thread
    /// that starts it.</summary>
    public static T First<T>(Func<T> start) => On(core => core == 0, start);

    /// <summary>Runs <paramref name="client"/> on the other cores.</summary>
    public static T Others<T>(Func<T> client) => On(core => core != 0, client);

    private static T On<T>(Func<int, bool> isWanted, Func<T> run)
    {
        Use(isWanted);
        try
        {
            return run();
        }
        finally
        {
            Use(_ => true);
        }
    }

    private static void Use(Func<int, bool> isWanted)
    {
        if (!CanSplit) return;

        var mask = new byte[MostCores / 8];
        for (var core = 0; core < MostCores; core++)
        {
            if (isWanted(core)) mask[core / 8] |= (byte)(1 << (core % 8));
        }

        if (SetAffinity(0, mask.Length, mask) != 0) throw new InvalidOperationException($"sched_setaffinity failed with error {Marshal.GetLastPInvokeError()}.");
    }

    // https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html: thread 0 is the calling one, and cores that do not exist are ignored.
    [DllImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static extern int SetAffinity(int thread, nint size, byte[] mask);
}
