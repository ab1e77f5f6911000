using System.Globalization;

namespace Soak;

/// <summary>The clock of each host, if libfaketime is there (<see href="https://github.com/wolfcw/libfaketime"/>): the process reads from a file by how
/// much its time of day differs. Its timers go on.</summary>
internal sealed class FakeClocks(string folder)
{
    private static readonly string[] Libraries =
        [.. new[] { "x86_64-linux-gnu", "aarch64-linux-gnu" }.Select(system => $"/usr/lib/{system}/faketime/libfaketimeMT.so.1").Where(File.Exists)];

    /// <summary>True if clocks can be shifted.</summary>
    public static bool Work => Libraries.Length > 0;

    public IEnumerable<KeyValuePair<string, string?>> Environment(int host)
    {
        if (!Work) return [];

        Shift(host, TimeSpan.Zero);
        return
        [
            new("LD_PRELOAD", Libraries[0]), new("FAKETIME_TIMESTAMP_FILE", FileOf(host)), new("FAKETIME_NO_CACHE", "1"),
            new("DONT_FAKE_MONOTONIC", "1"), new("FAKETIME_DONT_RESET", "1"),

            // Otherwise each timed wait of the runtime polls, and every host keeps a core busy.
            new("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
        ];
    }

    /// <summary>Sets how much the clock of a host is ahead.</summary>
    public void Shift(int host, TimeSpan by)
    {
        // A half-written file would be another time.
        var next = FileOf(host) + ".next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{(by < TimeSpan.Zero ? "" : "+")}{by.TotalSeconds:F0}\n"));
        File.Move(next, FileOf(host), overwrite: true);
    }

    private string FileOf(int host) => Path.Combine(folder, $"clock-{host}");
}
