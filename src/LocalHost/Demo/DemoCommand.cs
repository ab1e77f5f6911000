using System.Text.Json;
using LocalHost.Azurite;

namespace LocalHost.Demo;

/// <summary><c>--demo N</c>: the last line of standard output is the balance as one JSON object; exit code 1 if anything is lost.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(int events, CancellationToken cancellationToken)
    {
        await using var azurite = await AzuriteProcess.StartAsync(location: null, ["demo"], Console.Out, cancellationToken);
        await using var demo = new DemoRun(azurite.ConnectionString("demo"));
        var result = await demo.RunAsync(events, Console.Out, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(result, DemoJson.Default.DemoResult));
        return result.Lost == 0 ? 0 : 1;
    }
}
