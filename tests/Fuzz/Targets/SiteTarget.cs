using System.Text.Json;
using System.Text.RegularExpressions;
using JiraWebhooks.Api;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Fuzz;

/// <summary>The settings of a site: the body of both calls that add one, and the entry of the settings.</summary>
internal static partial class SiteTarget
{
    // A shorter value can be a word of a sentence by chance.
    private const int ShortestValue = 8;

    private static readonly JiraWebhooksOptions Global = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    private static readonly string Sentences = string.Join('\n', [
        .. Problems(new SiteRequest()),
        .. Problems(new SiteRequest { Scheme = "Connect", CloudId = "x", Url = "https://x.example/y", ApiUrl = "https://x.example/?y", Webhooks = new() { ["issues"] = new() } }),
    ]);

    public static void Run(byte[] input)
    {
        using var document = Json.Parse(input);
        foreach (var read in new Func<byte[], SiteRequest>[] { Put, Import })
        {
            try
            {
                Check(read(input), document!.RootElement);
            }
            catch (SiteChangeException refused)
            {
                FuzzTargets.Require(refused.Status == 400 && refused.Message.Length > 0, "A body that cannot be read is the caller's error.");
                Secrecy([refused.Message], document);
            }
        }

        if (document is { RootElement.ValueKind: JsonValueKind.Object }) Configured(input, document);
    }

    private static SiteRequest Put(byte[] body) => ApiCalls.Parse(body, SiteRequestJson.Default.SiteRequest);

    private static SiteRequest Import(byte[] body) => ApiCalls.Parse(body, ManagementJson.Default.ConnectInstallation).ToRequest();

    private static void Check(SiteRequest request, JsonElement body)
    {
        var problems = Problems(request);
        Secrecy(problems, body);
        var text = string.Join('\n', problems);
        foreach (var (sentence, isWrong) in Expected(request)) FuzzTargets.Require(text.Contains(sentence, StringComparison.Ordinal) == isWrong, $"Told exactly if it is so: {sentence}.");
        if (problems.Count == 0) RoundTrip(request);
    }

    // What docs/sites.md requires, without the parsers of the code.
    private static IEnumerable<(string Sentence, bool IsWrong)> Expected(SiteRequest request)
    {
        var scheme = new[] { "OAuth", "Connect", "AdminWebhook", "0", "1", "2" }.FirstOrDefault(name => name.Equals(request.Scheme?.Trim(), StringComparison.OrdinalIgnoreCase));
        var (isOAuth, isConnect) = (scheme is null or "OAuth" or "0", scheme is "Connect" or "1");
        if (!IsNumber(request.Scheme)) yield return ("Scheme must be one of", scheme is null);
        yield return ("CloudId is missing", isOAuth && string.IsNullOrWhiteSpace(request.CloudId));
        yield return ("ClientId is missing", isOAuth && string.IsNullOrWhiteSpace(request.ClientId));
        yield return ("AppKey is missing", isConnect && string.IsNullOrWhiteSpace(request.AppKey));
        yield return ("ClientKey is missing", isConnect && string.IsNullOrWhiteSpace(request.ClientKey));
        yield return ("CloudId must be a UUID", request.CloudId?.Trim() is { Length: > 0 } cloud && !Uuid().IsMatch(cloud));
        yield return ("Grant must be 1 to 64", isOAuth && request.Grant?.Trim() is { Length: > 0 } grant && !Name().IsMatch(grant.ToLowerInvariant()));
        yield return ("Secret is empty", string.IsNullOrWhiteSpace(request.Secret) || request.Secret.Trim().StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase));
        yield return ("One is left out: a webhook's name must be", request.Webhooks.Keys.Any(name => !Name().IsMatch(name.ToLowerInvariant())));
        foreach (var name in request.Webhooks.Where(HasNoJql).Select(webhook => webhook.Key))
        {
            // Of two webhooks whose names differ in case alone, the second is left out.
            if (request.Webhooks.Keys.Count(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) == 1) yield return ($"Webhook {name.ToLowerInvariant()}: its Jql is empty", true);
        }
    }

    private static bool HasNoJql(KeyValuePair<string, DeclaredWebhookOptions> webhook) =>
        Name().IsMatch(webhook.Key.ToLowerInvariant()) && string.IsNullOrWhiteSpace(webhook.Value?.Jql)
        && webhook.Value?.Events is [_, ..] events && !events.Any(string.IsNullOrWhiteSpace);

    // The framework takes the number of a scheme, with a sign or with white space, for its name.
    private static bool IsNumber(string? scheme) => scheme is not null && scheme.Any(char.IsAsciiDigit);

    private static void RoundTrip(SiteRequest request)
    {
        var wanted = SiteReader.Trimmed(request.WithoutSecrets());
        var site = Make(request, wanted);
        FuzzTargets.Require(Origin().IsMatch(site.Url.OriginalString.TrimEnd('/')), "The address of a site is an origin.");
        FuzzTargets.Require(
            site.CloudId == request.CloudId?.Trim() && site.ClientId == request.ClientId?.Trim()
            && site.AppKey == request.AppKey?.Trim() && site.ClientKey == request.ClientKey?.Trim(),
            "The ids are those of the body.");
        FuzzTargets.Require(
            site.Webhooks.Count == request.Webhooks.Count && site.Webhooks.Zip(request.Webhooks.Values).All(pair => IsSame(pair.First, pair.Second)),
            "The webhooks are those of the body.");
        FuzzTargets.Require(site.ApiUrl is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }, "The root of the API is an address alone.");
        var isCallable = Uri.TryCreate($"{site.ApiUrl.AbsoluteUri.TrimEnd('/')}/rest/api/3/webhook", UriKind.Absolute, out var call);
        FuzzTargets.Require(isCallable && call!.IdnHost == site.ApiUrl.IdnHost, "An operation has an address at the same host.");

        var row = JsonSerializer.Serialize(wanted, SiteJson.Default.SiteSettings);
        var stored = JsonSerializer.Deserialize(row, SiteJson.Default.SiteSettings)!;
        FuzzTargets.Require(Describe(Make(request, stored)) == Describe(site), "A stored site is the same site.");
        var body = JsonSerializer.SerializeToUtf8Bytes(new SiteRequest(stored), SiteRequestJson.Default.SiteRequest);
        FuzzTargets.Require(Describe(Make(request, Put(body).WithoutSecrets())) == Describe(site), "What was read can be sent again.");
    }

    private static bool IsSame(DeclaredWebhook webhook, DeclaredWebhookOptions wanted) =>
        webhook.Jql == wanted.Jql && Listed(webhook.Events) == Listed(wanted.Events)
        && Listed(webhook.FieldIdsFilter) == Listed(wanted.FieldIdsFilter) && Listed(webhook.IssuePropertyKeysFilter) == Listed(wanted.IssuePropertyKeysFilter);

    private static string Describe(Site site)
    {
        var plain = site with { OwnAccountIds = [], Webhooks = [], WebhookProblems = [], Secret = null, PreviousSecret = null, RefreshToken = null };
        return string.Join('\n', [$"{plain}", site.ApiUrl.AbsoluteUri, .. site.OwnAccountIds, .. site.Webhooks.Select(Describe)]);
    }

    private static string Describe(DeclaredWebhook webhook) =>
        $"{webhook.Name} {Listed(webhook.Events)} {webhook.Jql} {Listed(webhook.FieldIdsFilter)} {Listed(webhook.IssuePropertyKeysFilter)}";

    private static string Listed(IReadOnlyList<string>? names) => names is null ? "-" : $"[{string.Join(',', names)}]";

    private static Site Make(SiteRequest request, SiteSettings settings) => SiteReader.Make("acme", settings, request.Credentials(), Global, [], "");

    private static List<string> Problems(SiteRequest request)
    {
        var site = Make(request, request.WithoutSecrets());
        return [.. new[] { site.Problem }.Concat(site.WebhookProblems).Concat(site.Webhooks.Select(DeclaredWebhookValidator.Problem)).OfType<string>()];
    }

    // The same settings as an entry Sites__acme__…
    private static void Configured(byte[] input, JsonDocument document)
    {
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream([.. "{\"Sites\":{\"acme\":"u8, .. input, .. "}}"u8])).Build();
        }
        catch (Exception invalid) when (invalid is FormatException or InvalidDataException or InvalidOperationException)
        {
            return; // a name twice, or half a character
        }

        var site = SiteReader.Read(configuration.GetSection("Sites:acme"), Global);
        Secrecy([site.Problem ?? "", .. site.WebhookProblems, .. site.Webhooks.Select(DeclaredWebhookValidator.Problem).OfType<string>()], document);
    }

    private static void Secrecy(IReadOnlyList<string> sentences, JsonDocument? document)
    {
        if (document is not null) Secrecy(sentences, document.RootElement);
    }

    // Names of webhooks are told, and may be the same text as a value.
    private static void Secrecy(IReadOnlyList<string> sentences, JsonElement body)
    {
        if (sentences.All(sentence => sentence.Length == 0) || Json.HasHalf(body)) return;

        var (names, values) = (new List<string>(), new List<string>());
        Collect(body, names, values);
        var secrets = values.Select(value => value.Trim()).Where(value => value.Length >= ShortestValue && value.Any(char.IsAsciiDigit)
            && !Sentences.Contains(value, StringComparison.OrdinalIgnoreCase) && !names.Exists(name => name.Contains(value, StringComparison.OrdinalIgnoreCase)));
        FuzzTargets.Require(!secrets.Any(secret => sentences.Any(sentence => sentence.Contains(secret, StringComparison.OrdinalIgnoreCase))), "An error shows no value.");
    }

    private static void Collect(JsonElement element, List<string> names, List<string> values)
    {
        if (element.ValueKind is JsonValueKind.String) values.Add(element.GetString()!);
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Collect(item, names, values);
        }

        if (element.ValueKind is not JsonValueKind.Object) return;

        foreach (var member in element.EnumerateObject())
        {
            names.Add(member.Name);
            Collect(member.Value, names, values);
        }
    }

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(https://[^/?#@\\]+|http://[^/?#@\\]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Origin();
}
