namespace LocalHost.Simulation;

/// <summary>Tells whether the thread pool of this process has anything to do.</summary>
internal static class WorkerPool
{
    /// <summary>True if at some moment of this call no work item except the caller's ran or waited.</summary>
    /// <remarks>Between two reads of the counters a waiting item can start, and a running one can end and queue another. Such an item is
    /// either busy at the second read or has increased the number of completed items.</remarks>
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
