using System.Diagnostics;

namespace Infra.Tests.Support;

/// <summary>The Bicep compiler that came with the restore.</summary>
internal static class Bicep
{
    /// <summary>What one run printed. The compiler tells type errors as warnings with exit code 0, so callers look at the text.</summary>
    internal sealed record Run(int ExitCode, string Output, string Errors);

    public static Task<Run> RunAsync(params string[] arguments) => RunInAsync(Repository.Root, arguments);

    public static async Task<Run> RunInAsync(string folder, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(folder, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Run(process.ExitCode, await output, await errors);
    }

    public static ProcessStartInfo StartInfo(string folder, params string[] arguments)
    {
        Assert.True(File.Exists(Repository.BicepPath), $"The Bicep compiler was not restored: {Repository.BicepPath} is missing. Run dotnet restore.");
        var start = new ProcessStartInfo(Repository.BicepPath, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };

        // Each run is short: what the runtime learns for later costs it a quarter of its time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
