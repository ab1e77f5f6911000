using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Tests.Support;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infra.Tests;

/// <summary>docs/settings.md, the code, Bicep and the sample know the same settings. A setting that is added to one of them must be added to the others.</summary>
public sealed partial class SettingsTests
{
    /// <summary>Read by the platform or the Functions host, and no subject of our documentation.</summary>
    private static readonly string[] Platforms = ["WEBSITE_HOSTNAME", "FUNCTIONS_WORKER_RUNTIME"];

    [Fact]
    public void Documentation_OfGlobalSettings_NamesAllTheCodeReads() =>
        Assert.All(ReadByTheCode(), name => Assert.Contains(name, Documented().Keys));

    [Fact]
    public void Documentation_OfSites_NamesAllTheCodeReads_AndNoMore()
    {
        var documented = Documented().Keys.Where(name => name.StartsWith("Sites__", StringComparison.Ordinal)).ToList();
        var read = typeof(SiteOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Name != nameof(SiteOptions.Webhooks))
            .Select(property => $"Sites__{{site}}__{property.Name}{(property.PropertyType.IsArray ? "__{n}" : "")}")
            .Concat(typeof(DeclaredWebhookOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property =>
                $"Sites__{{site}}__Webhooks__{{name}}__{property.Name}{(property.PropertyType.IsArray ? "__{n}" : "")}"));

        var defaults = Documented().Keys.Where(name => name.StartsWith("Webhooks__", StringComparison.Ordinal));
        Assert.Equal(read.Where(name => name.Contains("__Webhooks__", StringComparison.Ordinal)).Select(name => name["Sites__{site}__".Length..])
            .Order(StringComparer.Ordinal), defaults.Order(StringComparer.Ordinal));
        Assert.Equal(read.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Documentation_OfAppSettings_SaysOfEachWhoSetsIt()
    {
        var set = (await Snapshot.FullAsync()).AppSettings().Keys.Where(name => !IsDeclared(name)).ToList();
        var documented = Documented().Where(row => row.Value.Length > 0 && !IsDeclared(row.Key)).Select(row => row.Key);

        Assert.Equal(set.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Documentation_OfParameters_NamesOnlyThoseOfTheTemplate()
    {
        var parameters = (await Template.CompiledAsync()).At("parameters").EnumerateObject().Select(parameter => parameter.Name).ToList();

        Assert.All(Documented().Values.Where(value => value.StartsWith('`')), value => Assert.Contains(value.Trim('`'), parameters));
        Assert.All(Parameter().Matches(Repository.Read("docs/deploy.md")).SelectMany(match => match.Groups[1].Value.Split(", ")), name =>
            Assert.Contains(name.Trim('`'), parameters));
    }

    [Fact]
    public void Documentation_OfEverySetting_IsAboutOneThatIsRead()
    {
        var source = string.Join('\n', Repository.Files("src", "*.cs").Concat(Repository.Files("infra", "*.bicep")).Select(Repository.Read));

        Assert.All(Documented().Keys, name => Assert.Contains(name.Split("__").Last(part => !part.StartsWith('{')), source, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/sites.md")]
    public void Pages_SettingsTheyName_AreDocumented(string page)
    {
        var named = NestedSetting().Matches(Repository.Read(page)).Select(match => Generalised(match.Value)).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, Documented().Keys));
    }

    [Theory]
    [InlineData("Scheme")]
    [InlineData("Publisher")]
    public void Documentation_OfAChoice_NamesEveryValue(string setting)
    {
        var row = Repository.Read("docs/settings.md").Split('\n').Single(line => line.StartsWith('|') && line.Split('|')[1].Contains($"{setting}`", StringComparison.Ordinal));
        var values = setting == "Scheme" ? Enum.GetNames<SiteScheme>() : Enum.GetNames<JiraWebhooks.Hosting.PublisherKind>();

        Assert.All(values, value => Assert.Contains($"`{value}`", row, StringComparison.Ordinal));
    }

    /// <summary>With rarer polls every run of an OAuth site is a search: the row says from which interval on.</summary>
    [Fact]
    public void Documentation_OfThePollSchedule_SaysWhichGapCountsAsAnOutage()
    {
        var minutes = JiraWebhooks.Recovery.Outage.ShortestRetries.TotalMinutes;
        var row = Repository.Read("docs/settings.md").Split('\n').Single(line => line.StartsWith("| `PollSchedule`", StringComparison.Ordinal));

        Assert.Contains($"{minutes} minutes or more between two runs", row, StringComparison.Ordinal);
        Assert.EndsWith($"below {minutes}. |", row, StringComparison.Ordinal);
    }

    /// <summary>An option that exists but that neither setting nor documentation knows could not be changed.</summary>
    [Fact]
    public void Options_OfTheCode_AreSettingsOrFixed()
    {
        string[] decided = [nameof(JiraWebhooksOptions.BodyMemoryBytes), nameof(JiraWebhooksOptions.DeliveryBudget), nameof(JiraWebhooksOptions.RunBudget)];
        string[] derived = [nameof(JiraWebhooksOptions.LacksPreviousClientSecret), nameof(JiraWebhooksOptions.LacksClientSecret)];

        // Storage, ServiceBus and the schedules have several settings each, in sections of their own.
        string[] parsed = [nameof(JiraWebhooksOptions.Storage), nameof(JiraWebhooksOptions.ServiceBus)];
        var read = ReadByTheCode()
            .Where(name => !name.StartsWith("AzureWebJobsStorage", StringComparison.Ordinal) && !name.StartsWith("ServiceBus", StringComparison.Ordinal) && !Schedules.Defaults.ContainsKey(name));

        Assert.Equal(Names<JiraWebhooksOptions>().Except(decided).Except(derived).Except(parsed).Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    /// <summary>The template tells secrets by their names; a secret option it does not know could be given in plain text.</summary>
    [Fact]
    public void SecretSettings_OfTheCode_AreThoseTheTemplateKeepsInKeyVault()
    {
        var secrets = SecretRow().Matches(Repository.Read("docs/settings.md")).Select(match => match.Groups[1].Value).ToList();
        var template = Repository.Read("infra/modules/settings.bicep");

        Assert.Equal(4, secrets.Count);
        Assert.All(secrets, secret => Assert.Contains($"'{secret.ToLowerInvariant()}'", template, StringComparison.Ordinal));
        Assert.All(
            typeof(JiraWebhooksOptions).GetProperties().Where(property => property.PropertyType == typeof(SiteSecret)),
            property => Assert.Contains($"'{property.Name.ToLowerInvariant()}'", template, StringComparison.Ordinal));
        Assert.Equal(secrets.Order(StringComparer.Ordinal), SecretsOf(typeof(SiteCredentials)));
        Assert.Equal(secrets.Order(StringComparer.Ordinal), SecretsOf(typeof(Site)));
    }

    /// <summary>A row is a <see cref="SiteSettings"/>: what has no property cannot be stored.</summary>
    [Fact]
    [Trait("Rule", "secrecy")]
    public void Row_OfASite_HasNoPropertyForASecret() =>
        Assert.Empty(typeof(SiteSettings).GetProperties().Select(property => property.Name).Intersect(SecretsOf(typeof(SiteCredentials))));

    [Fact]
    public async Task Sample_Schedules_AreThoseOfBicep_AndEverySettingIsDocumented()
    {
        using var json = JsonDocument.Parse(
            Repository.Read("local.settings.sample.json"), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var sample = json.RootElement.At("Values").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.ToString());
        var commented = CommentedSetting().Matches(Repository.Read("local.settings.sample.json")).Select(match => match.Groups[1].Value).ToList();
        var azure = (await Snapshot.DefaultAsync()).AppSettings();

        Assert.All(["RefreshSchedule", "PollSchedule"], name => Assert.Equal(azure[name], sample[name]));
        Assert.NotEmpty(commented);
        Assert.All(sample.Keys.Except(Platforms).Concat(commented), name => Assert.Contains(Generalised(name), Documented().Keys));
    }

    [Fact]
    public void Tables_OfBicep_AreThoseOfTheCode()
    {
        var template = Repository.Read("infra/modules/storage.bicep");
        var names = typeof(JiraWebhooks.Storage.TableNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Contains($"var tables = [{string.Join(", ", names.Order(StringComparer.Ordinal).Select(name => $"'{name}'"))}]", template, StringComparison.Ordinal);
    }

    private static SortedSet<string> ReadByTheCode()
    {
        var configuration = new RecordingConfiguration();
        Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddSettings(configuration).BuildServiceProvider().GetRequiredService<JiraWebhooksOptions>());
        configuration.Asked.ExceptWith(Platforms);
        return configuration.Asked;
    }

    // Their names are the user's.
    private static bool IsDeclared(string name) => name.StartsWith("Sites__", StringComparison.Ordinal) || name.StartsWith("Webhooks__", StringComparison.Ordinal);

    private static IEnumerable<string> Names<T>() =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name);

    private static IEnumerable<string> SecretsOf(Type type) => type.GetProperties()
        .Where(property => property.PropertyType == typeof(SiteSecret)).Select(property => property.Name).Order(StringComparer.Ordinal);

    /// <summary>Settings of docs/settings.md, and what stands in their column Bicep.</summary>
    private static Dictionary<string, string> Documented() =>
        Row().Matches(Repository.Read("docs/settings.md")).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim(), StringComparer.Ordinal);

    /// <summary>A site's setting as the documentation writes it: <c>Sites__acme__Url</c> is <c>Sites__{site}__Url</c>.</summary>
    private static string Generalised(string name)
    {
        var parts = name.Split("__");
        if (parts[0] == "Sites") parts[1] = "{site}";
        if (Array.IndexOf(parts, "Webhooks") is >= 0 and var at && at + 1 < parts.Length) parts[at + 1] = "{name}";
        if (int.TryParse(parts[^1], out _)) parts[^1] = "{n}";
        return string.Join("__", parts);
    }

    [GeneratedRegex(@"(?m)^\| `([^`]+)` \|[^|]*\|([^|]*)\|")]
    private static partial Regex Row();

    [GeneratedRegex(@"(?m)^ *// ""(\w+)"":")]
    private static partial Regex CommentedSetting();

    [GeneratedRegex(@"\b(?:Sites|Webhooks)__[\w{}]+__[\w{}]*\w[\w{}]*")]
    private static partial Regex NestedSetting();

    [GeneratedRegex(@"(?m)^- \*\*(`[^*]+`)\*\*")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?m)^\| `Sites__\{site\}__(\w+)` \|[^|]*\| `siteSecretNames` \|")]
    private static partial Regex SecretRow();
}
