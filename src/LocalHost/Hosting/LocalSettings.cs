using System.Text.Json;
using LocalHost.Azurite;

namespace LocalHost.Hosting;

/// <summary>The same settings as the Functions host has: <c>local.settings.json</c> and, above it, environment variables.</summary>
public static class LocalSettings
{
    private const string FileName = "local.settings.json";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="LocalHostException">The file is no JSON of that shape.</exception>
    public static IConfigurationRoot Load()
    {
        var folder = Directory.GetParent(LocalFolder.Path)!.FullName;
        var file = new[] { Path.Combine(folder, "src", "FunctionsApp", FileName), Path.Combine(folder, FileName) }.FirstOrDefault(File.Exists);
        return new ConfigurationBuilder()
            .AddInMemoryCollection(file is null ? [] : Values(file))
            .AddEnvironmentVariables()
            .Build();
    }

    private static IEnumerable<KeyValuePair<string, string?>> Values(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return [.. json.RootElement.GetProperty("Values").EnumerateObject()
                .Select(value => KeyValuePair.Create(value.Name.Replace("__", ":", StringComparison.Ordinal), value.Value.GetString()))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalHostException($"{file} must be JSON with an object Values of texts, as local.settings.sample.json is: {error.Message.Split('\n')[0]}");
        }
    }
}
