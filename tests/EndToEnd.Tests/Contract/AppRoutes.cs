using EndToEnd.Tests.Support;
using Microsoft.AspNetCore.Routing.Template;

namespace EndToEnd.Tests.Contract;

/// <summary>The HTTP functions of the built app.</summary>
internal static class AppRoutes
{
    /// <summary>The functions that none of <paramref name="calls"/> reaches, as verb and route.</summary>
    public static IEnumerable<string> NotIn(IEnumerable<(string Verb, string Path)> calls) =>
        from function in AppFunction.ReadAll()
        where function.Path is not null
        from verb in function.Verbs.Split(',')
        where !calls.Any(call => call.Verb == verb && Matches(function.Path, call.Path.Split('?')[0]))
        select $"{verb} {function.Path}";

    private static bool Matches(string route, string path) => new TemplateMatcher(TemplateParser.Parse(route), []).TryMatch(path, []);
}
