using System.Text.Json;

namespace Infra.Tests.Support;

/// <summary>main.bicep as compiled, compiled once.</summary>
internal static class Template
{
    private static readonly Lazy<Task<JsonElement>> Compiled = new(async () =>
    {
        var run = await Bicep.RunAsync("build", Repository.PathTo("infra/main.bicep"), "--stdout");
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.Clone();
    });

    public static Task<JsonElement> CompiledAsync() => Compiled.Value;
}
