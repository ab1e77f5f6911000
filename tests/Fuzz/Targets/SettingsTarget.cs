using System.Text;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fuzz;

/// <summary>The settings, as lines of <c>Name=value</c>.</summary>
internal static class SettingsTarget
{
    // A shorter value can be a word of a sentence by chance.
    private const int ShortestSecret = 8;

    private static readonly TokenCredential Identity = new NoIdentity();

    // What the errors say whatever the values are. The error about a wrong schedule gives an example of a right one.
    private static readonly string Sentences = string.Join('\n', [.. Errors([]), .. Errors(Schedules.Defaults.Keys.Select(name => KeyValuePair.Create(name, (string?)"none")))]);

    public static void Run(byte[] input)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) values[line[..equals].Replace("__", ":", StringComparison.Ordinal)] = line[(equals + 1)..];
        }

        var errors = new List<string>();
        var options = Parse(values, errors);
        if (errors.Count == 0) Use(options);

        FuzzTargets.Require(errors.All(error => error.Length > 0), "An error is a sentence.");
        FuzzTargets.Require(errors.All(error => !values.Where(IsSecretLike).Any(value => error.Contains(value.Value!.Trim(), StringComparison.Ordinal))), "An error shows no value.");
    }

    private static bool IsSecretLike(KeyValuePair<string, string?> value) =>
        value.Value!.Trim() is { Length: >= ShortestSecret } text && text.Any(char.IsAsciiDigit) && !Sentences.Contains(text, StringComparison.OrdinalIgnoreCase);

    // What is accepted must not throw when the app starts.
    private static void Use(JiraWebhooksOptions options)
    {
        _ = (options.Storage!.Tables(new(), Identity), options.Storage.Queues(new(), Identity), options.Storage.Blobs(new(), Identity));
        _ = (options.Storage.Credential(), options.ServiceBus?.Client(new()), options.KeyVaultUri is { } vault ? new SecretClient(vault, Identity) : null);
        FuzzTargets.Require(options.CallbackUrl("acme").AbsolutePath.EndsWith("/api/deliveries/acme", StringComparison.Ordinal), "The site ends the path of its callback URL.");
        FuzzTargets.Require(new[] { options.PublicBaseUrl, options.AtlassianApiUrl, options.AtlassianAuthUrl }.All(url => url.IdnHost.Length > 0), "Every address has a host.");
    }

    private static List<string> Errors(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var errors = new List<string>();
        _ = Parse(values, errors);
        return errors;
    }

    private static JiraWebhooksOptions Parse(IEnumerable<KeyValuePair<string, string?>> values, List<string> errors)
    {
        var texts = new SettingsTexts();
        texts.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        return SettingsParser.Parse(texts, errors);
    }

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
