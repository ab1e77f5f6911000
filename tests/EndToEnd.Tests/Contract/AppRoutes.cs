using System.Text.Json;
using LocalHost.Functions;
using Microsoft.AspNetCore.Routing.Template;

namespace EndToEnd.Tests.Contract;

/// <summary>The HTTP functions of the built app.</summary>
internal static class AppRoutes
{
    /// <summary>The functions that none of <paramref name="calls"/> reaches, as verb and route.</summary>
    public static IEnumerable<string> NotIn(IEnumerable<(string Verb, string Path)> calls) =>
        from function in Functions()
        where !calls.Any(call => call.Verb == function.Verb && Matches(function.Route, call.Path.Split('?')[0]))
        select $"{function.Verb} {function.Route}";

    private static bool Matches(string route, string path) => new TemplateMatcher(TemplateParser.Parse(route), []).TryMatch(path, []);

    private static List<(string Verb, string Route)> Functions()
    {
        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "functions.metadata")));
        return [.. from function in metadata.RootElement.EnumerateArray()
            let trigger = function.GetProperty("bindings")[0]
            where trigger.GetProperty("type").GetString() == "httpTrigger"
            from verb in trigger.GetProperty("methods").EnumerateArray()
            select (verb.GetString()!.ToUpperInvariant(), $"{FunctionRoutes.Prefix}/{trigger.GetProperty("route").GetString()}")];
    }
}
