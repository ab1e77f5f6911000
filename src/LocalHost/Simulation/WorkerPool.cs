namespace LocalHost.Simulation;

/// <summary>Tells whether the thread pool of this process has anything to do.</summary>
internal static class WorkerPool
{
    /// <summary>True when no work item ran or waited at some moment of this call.</summary>
    /// <remarks>A waiting item can start, and a running one can end and leave another, between two looks at the counters. Such an item is
    /// either busy at the second look or has raised the number of completed ones.</remarks>
    public static bool IsIdle
    {
        get
        {
            var completed = ThreadPool.CompletedWorkItemCount;
            return Busy() == 0 && ThreadPool.PendingWorkItemCount == 0 && Busy() == 0 && ThreadPool.CompletedWorkItemCount == completed;
        }
    }

    private static int Busy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return most - available;
    }
}
