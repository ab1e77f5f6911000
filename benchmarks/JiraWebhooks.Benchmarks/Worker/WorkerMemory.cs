using System.Globalization;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>The resident memory of a process now, and its largest since the process was started or <see cref="Forget"/>, in megabytes. From Linux.</summary>
internal readonly record struct WorkerMemory(double Now, double Peak)
{
    public static WorkerMemory Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new(Megabytes("VmRSS:"), Megabytes("VmHWM:"));

        // VmHWM:     94208 kB
        double Megabytes(string name)
        {
            var line = status.Single(line => line.StartsWith(name, StringComparison.Ordinal));
            return int.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    /// <summary>Has the kernel forget the peak of a process (<see href="https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html"/>).</summary>
    public static void Forget(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");
}
