using System.Diagnostics;
using System.Globalization;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>A measured server in a process of its own. It ends when its standard input closes, or is killed.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private const int TicksPerSecond = 100; // of /proc on every Linux that .NET supports

    private readonly Process _process;
    private readonly bool _isOurs;

    private MeasuredProcess(ProcessStartInfo start, bool isOurs)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, _isOurs) = (true, true, isOurs);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    /// <summary>Starts this program with other arguments.</summary>
    public static MeasuredProcess Start(params IEnumerable<string> arguments) => new(new ProcessStartInfo(Environment.ProcessPath!, arguments), isOurs: true);

    /// <summary>Starts another program.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program is not on this machine.</exception>
    public static MeasuredProcess Start(ProcessStartInfo start) => new(start, isOurs: false);

    public bool HasEnded => _process.HasExited;

    /// <summary>Returns the next line that it prints.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The process has ended.");

    /// <summary>Returns the next line that it prints, which is a number.</summary>
    public async Task<int> ReadPortAsync() => int.Parse(await ReadLineAsync(), CultureInfo.InvariantCulture);

    /// <summary>The processor time that it has used, with that of its children that have ended.</summary>
    public TimeSpan ProcessorTime()
    {
        if (!OperatingSystem.IsLinux())
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }

        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: after the name in brackets, utime, stime, cutime and cstime are the 12th to 15th.
        var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);
    }

    /// <summary>The bytes that it has allocated on its managed heap; null for another program, which does not tell.</summary>
    public long? Allocated()
    {
        if (!_isOurs) return null;

        _process.StandardInput.WriteLine();
        return long.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Ends a program that does not listen to its standard input.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }
}
