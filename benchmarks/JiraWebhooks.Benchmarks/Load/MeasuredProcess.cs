using System.Diagnostics;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>This program in a process of its own. It ends when its standard input closes.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private MeasuredProcess(Process process) => Process = process;

    public Process Process { get; }

    public static MeasuredProcess Start(params IEnumerable<string> arguments) => new(
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The process did not start."));

    /// <summary>Returns the next line that it prints.</summary>
    public async Task<string> ReadLineAsync() => await Process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The process has ended.");

    public void Dispose()
    {
        Process.StandardInput.Close();
        if (!Process.WaitForExit(TimeSpan.FromSeconds(10))) Process.Kill();
        Process.Dispose();
    }
}
