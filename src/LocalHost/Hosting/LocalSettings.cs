using System.Text.Json;
using LocalHost.Azurite;

namespace LocalHost.Hosting;

/// <summary>The settings of the Functions host: <c>local.settings.json</c>, overridden by environment variables.</summary>
public static class LocalSettings
{
    private const string FileName = "local.settings.json";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="LocalHostException">The file cannot be read, or its JSON is invalid.</exception>
    public static IConfigurationRoot Load()
    {
        var folder = Directory.GetParent(LocalFolder.Path)!.FullName;
        var file = new[] { Path.Combine(folder, "src", "FunctionsApp", FileName), Path.Combine(folder, FileName) }.FirstOrDefault(File.Exists);
        return new ConfigurationBuilder()
            .AddInMemoryCollection(file is null ? [] : Values(file))
            .AddEnvironmentVariables()
            .Build();
    }

    /// <summary>True if the settings are for a real Jira: they have sites, or an OAuth app with which sites are connected in a browser.</summary>
    public static bool AreForRealSites(IConfiguration settings) => settings.GetSection("Sites").GetChildren().Any() || settings["OAuthClientId"] is { Length: > 0 };

    private static Dictionary<string, string?> Values(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("Values", out var values) && values.ValueKind is JsonValueKind.Object
                ? Values(file, values)
                : throw new LocalHostException($"{file} must be JSON with an object Values of strings, like local.settings.sample.json.");
        }
        catch (JsonException error)
        {
            throw new LocalHostException($"{file} must be JSON with an object Values of strings, like local.settings.sample.json: {error.Message.Split('\n')[0]}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"{file} cannot be read ({error.GetType().Name}): close the program that uses it, or allow your user to read it.");
        }
    }

    // Of two equal names the last would win without a message, although the first may be intended.
    private static Dictionary<string, string?> Values(string file, JsonElement values)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values.EnumerateObject())
        {
            if (value.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) throw new LocalHostException($"{file}: {value.Name} must be a string in quotes.");
            if (!all.TryAdd(value.Name.Replace("__", ":", StringComparison.Ordinal), value.Value.GetString())) throw new LocalHostException($"{file} contains {value.Name} twice: remove one.");
        }

        return all;
    }
}
