using System.Text.Json;
using LocalHost.Functions;

namespace EndToEnd.Tests.Support;

/// <summary>A function as the build of FunctionsApp describes it in <c>functions.metadata</c>: verbs, path and level of an HTTP function, or the schedule of a
/// timer.</summary>
internal sealed record AppFunction(string Name, string Verbs, string Path, string? Level, string? Schedule)
{
    public static IReadOnlyList<AppFunction> ReadAll()
    {
        using var metadata = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "functions.metadata")));
        return [.. metadata.RootElement.EnumerateArray().Select(function => Of(function.GetProperty("name").GetString()!, function.GetProperty("bindings")[0]))];
    }

    private static AppFunction Of(string name, JsonElement trigger) => trigger.GetProperty("type").GetString() switch
    {
        "httpTrigger" => new AppFunction(
            name, string.Join(',', trigger.GetProperty("methods").EnumerateArray().Select(verb => verb.GetString()!.ToUpperInvariant())),
            $"{FunctionRoutes.Prefix}/{trigger.GetProperty("route").GetString()}", trigger.GetProperty("authLevel").GetString(), null),
        "timerTrigger" => new AppFunction(name, null!, null!, null, trigger.GetProperty("schedule").GetString()),
        var other => new AppFunction(name, null!, null!, null, other),
    };
}
