using System.Text;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fuzz;

/// <summary>The settings, as lines of <c>Name=value</c>.</summary>
internal static class SettingsTarget
{
    // A shorter value can be a word of a sentence by chance.
    private const int ShortestSecret = 8;

    private static readonly string Sentences = string.Join('\n', Errors([]));

    public static void Run(byte[] input)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) values[line[..equals].Replace("__", ":", StringComparison.Ordinal)] = line[(equals + 1)..];
        }

        var errors = Errors(values);
        FuzzTargets.Require(errors.All(error => error.Length > 0), "An error is a sentence.");
        FuzzTargets.Require(errors.All(error => !values.Where(IsSecretLike).Any(value => error.Contains(value.Value!.Trim(), StringComparison.Ordinal))), "An error shows no value.");
    }

    private static bool IsSecretLike(KeyValuePair<string, string?> value) =>
        value.Value!.Trim() is { Length: >= ShortestSecret } text && text.Any(char.IsAsciiDigit) && !Sentences.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static List<string> Errors(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var texts = new SettingsTexts();
        texts.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        var errors = new List<string>();
        _ = SettingsParser.Parse(texts, errors);
        return errors;
    }
}
