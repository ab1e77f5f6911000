using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EndToEnd.Tests.Support;

/// <summary>A shell without job control starts what it puts into the background with SIGINT ignored, and <c>nohup</c> does so with SIGHUP. A
/// child inherits that, and a program that finds a signal ignored leaves it ignored: a test that sends it would wait for ever.</summary>
internal static class Signals
{
    private static readonly int[] Numbers = [1, 2, 3]; // SIGHUP, SIGINT, SIGQUIT
    private static readonly nint Default = 0;

    /// <summary>Sets the signals that are ignored to their defaults, for this process and for what it starts. Linux only.</summary>
    [ModuleInitializer]
    internal static void Restore()
    {
        if (!OperatingSystem.IsLinux()) return;

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var ignored = ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        foreach (var number in Numbers.Where(number => (ignored & (1UL << (number - 1))) != 0)) Handle(number, Default);
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Handle(int number, nint handler);
}
