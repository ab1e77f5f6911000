namespace LocalHost.Simulation;

/// <summary>Tells whether the thread pool of this process has anything to do.</summary>
internal static class WorkerPool
{
    /// <summary>True when no work item but the caller's own ran or waited at some moment of this call.</summary>
    /// <remarks>A waiting item can start, and a running one can end and leave another, between two looks at the counters. Such an item is
    /// either busy at the second look or has raised the number of completed ones.</remarks>
    public static bool IsIdle
    {
        get
        {
            var own = Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
            var completed = ThreadPool.CompletedWorkItemCount;
            return Busy() == own && ThreadPool.PendingWorkItemCount == 0 && Busy() == own && ThreadPool.CompletedWorkItemCount == completed;
        }
    }

    private static int Busy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return most - available;
    }
}
