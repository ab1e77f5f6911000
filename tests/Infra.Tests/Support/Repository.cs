using System.Reflection;

namespace Infra.Tests.Support;

/// <summary>Where the files under test are, as the build knew it.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("Repository");

    public static string BicepPath { get; } = Metadata("BicepPath");

    public static string PathTo(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    public static string Read(string relative) => File.ReadAllText(PathTo(relative)).ReplaceLineEndings("\n");

    /// <summary>Files below <paramref name="folder"/>, as paths from the root with forward slashes; build output is left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathTo(folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
