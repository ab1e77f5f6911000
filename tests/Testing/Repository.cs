using System.Reflection;

namespace Testing;

/// <summary>The files of the repository, as the build knew their place.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Repository").Value!;
}
