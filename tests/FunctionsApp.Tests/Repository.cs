using System.Reflection;

namespace FunctionsApp.Tests;

internal static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Repository").Value!;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}
