using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Hosting;

public sealed class SettingsReaderTests
{
    [Fact]
    [Trait("Decision", "publisher-setting")]
    public void Read_OnlyPublicBaseUrl_GivesDefaults()
    {
        var options = Read(("PublicBaseUrl", "https://hooks.example.com"));

        Assert.Equal(PublisherKind.ServiceBus, options.Publisher);
        Assert.Equal(25 * 1024 * 1024, options.MaxBodyBytes);
        Assert.Equal(TimeSpan.FromSeconds(10), options.DeliveryBudget);
        Assert.Equal(TimeSpan.FromMinutes(8), options.RunBudget);
        Assert.Equal("https://api.atlassian.com/", options.AtlassianApiUrl.AbsoluteUri);
        Assert.False(options.TakeOver);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public void Read_InAzure_TakesTheHostName() =>
        Assert.Equal("https://hooks.azurewebsites.net/", Read(("WEBSITE_HOSTNAME", "hooks.azurewebsites.net")).PublicBaseUrl.AbsoluteUri);

    [Fact]
    public void Read_UnderFuncStart_DoesNotTakeLocalhostForThePublicAddress() =>
        Assert.Throws<SettingsException>(() => Read(("WEBSITE_HOSTNAME", "localhost:7071")));

    [Theory]
    [InlineData("https://hooks.example.com", "https://hooks.example.com/api/deliveries/acme")]
    [InlineData("https://hooks.example.com/", "https://hooks.example.com/api/deliveries/acme")]
    [InlineData("https://hooks.example.com/base/", "https://hooks.example.com/base/api/deliveries/acme")]
    [Trait("Rule", "callback-path")]
    public void CallbackUrl_AnyBase_HasTheSiteInItsPath(string baseUrl, string expected) =>
        Assert.Equal(expected, Read(("PublicBaseUrl", baseUrl)).CallbackUrl("acme").AbsoluteUri);

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Read_EverythingWrong_NamesAllSettingsAndNoValues()
    {
        var error = Assert.Throws<SettingsException>(() => Read(
            ("PublicBaseUrl", "http://example.com"),
            ("Publisher", "Kafka"),
            ("KeyVaultUri", "vault-value"),
            ("ClaimCheckThreshold", "-5"),
            ("TakeOver", "perhaps")));

        Assert.Equal(5, error.Mistakes.Count);
        foreach (var name in new[] { "PublicBaseUrl", "Publisher", "KeyVaultUri", "ClaimCheckThreshold", "TakeOver" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }

        foreach (var value in new[] { "Kafka", "vault-value", "perhaps" })
        {
            Assert.DoesNotContain(value, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://hooks.example.com?x=1")]
    [InlineData("https://hooks.example.com/#top")]
    [Trait("Rule", "check-before-register")]
    public void Read_BaseUrlThatJiraWouldMangle_IsRefused(string baseUrl)
    {
        var error = Assert.Throws<SettingsException>(() => Read(("PublicBaseUrl", baseUrl)));

        Assert.Contains("query or fragment", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PublicBaseUrl")]
    [InlineData("AtlassianApiUrl")]
    [InlineData("AtlassianAuthUrl")]
    [InlineData("KeyVaultUri")]
    public void Read_AddressWithAPassword_IsRefusedAndNotShown(string name)
    {
        var settings = new Dictionary<string, string> { ["PublicBaseUrl"] = "https://hooks.example.com", [name] = "https://admin:hunter2@example.com" };

        var error = Assert.Throws<SettingsException>(() => Read([.. settings.Select(setting => (setting.Key, setting.Value))]));

        Assert.Equal($"{name} must have no user name or password.", Assert.Single(error.Mistakes));
    }

    [Theory]
    [InlineData("26214400")]
    [InlineData("62914560")]
    [Trait("Rule", "body-size")]
    public void Read_MaxBodyBytes_FromJirasOwnLimitOn_IsTaken(string bytes) =>
        Assert.Equal(bytes, Read(("PublicBaseUrl", "https://hooks.example.com"), ("MaxBodyBytes", bytes)).MaxBodyBytes.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Less would refuse what Jira sends, and a refused event is lost; more would never reach the app.</summary>
    [Theory]
    [InlineData("26214399")]
    [InlineData("62914561")]
    [InlineData("25 MB")]
    [InlineData("-1")]
    [Trait("Rule", "body-size")]
    public void Read_MaxBodyBytes_OutsideOfThat_IsRefused(string bytes)
    {
        var error = Assert.Throws<SettingsException>(() => Read(("PublicBaseUrl", "https://hooks.example.com"), ("MaxBodyBytes", bytes)));

        Assert.StartsWith("MaxBodyBytes must be", Assert.Single(error.Mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("My-Queue")]
    [InlineData("my_queue")]
    [InlineData("-queue")]
    [InlineData("queue-")]
    [InlineData("my--queue")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abcd")]
    public void Read_NameThatStorageRefuses_IsTold(string name)
    {
        foreach (var setting in new[] { "QueueName", "ClaimCheckContainer" })
        {
            var error = Assert.Throws<SettingsException>(() => Read(("PublicBaseUrl", "https://hooks.example.com"), (setting, name)));
            Assert.StartsWith($"{setting} must be 3 to 63", Assert.Single(error.Mistakes), StringComparison.Ordinal);
            Assert.DoesNotContain(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("my-queue-2")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abc")]
    public void Read_NameThatStorageTakes_IsTaken(string name)
    {
        var options = Read(("PublicBaseUrl", "https://hooks.example.com"), ("QueueName", name), ("ClaimCheckContainer", name));

        Assert.Equal((name, name), (options.QueueName, options.ClaimCheckContainer));
    }

    [Theory]
    [InlineData("OAuthClientId", "OAuthClientSecret")]
    [InlineData("OAuthClientSecret", "OAuthClientId")]
    public void Read_HalfOfTheOAuthApp_NamesTheOther(string given, string missing)
    {
        var error = Assert.Throws<SettingsException>(() => Read(("PublicBaseUrl", "https://hooks.example.com"), (given, "hunter2")));

        Assert.StartsWith($"{missing} is missing", Assert.Single(error.Mistakes), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A vault that is away at the start must not keep the other sites from their deliveries.</summary>
    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Read_OAuthSecretNotResolvedYet_StopsNothing() =>
        Assert.Null(Read(("PublicBaseUrl", "https://hooks.example.com"), ("OAuthClientId", "app"), ("OAuthClientSecret", "@Microsoft.KeyVault(SecretUri=https://x)")).OAuthClientSecret);

    [Fact]
    public void AddJiraWebhooks_MistakesOfAllRooms_AreToldAtOnce()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("PublicBaseUrl", "ftp://x"), new("AzureWebJobsStorage", "AccountName=x;AccountKey=!!hunter2!!")]).Build();

        var error = Assert.Throws<SettingsException>(() => new ServiceCollection().AddJiraWebhooks(settings, _ => ["Own is wrong."]));

        Assert.Equal(["PublicBaseUrl", "AzureWebJobsStorage", "RefreshSchedule", "PollSchedule", "Own"], error.Mistakes.Select(mistake => mistake.Split(' ')[0]));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("", "is missing")]
    [InlineData(" ", "is missing")]
    [InlineData("17 3 * * *", "must have six fields")]
    [InlineData("00:15:00", "must have six fields")]
    [InlineData("0 60 * * * *", "must have six fields")]
    [InlineData("every-15-minutes", "must have six fields")]
    [InlineData("0 0 0 31 2 *", "must have six fields")]
    public void AddJiraWebhooks_ScheduleThatNeverFires_IsASettingsError(string? schedule, string expected)
    {
        foreach (var name in new[] { "RefreshSchedule", "PollSchedule" })
        {
            var error = Assert.Throws<SettingsException>(() => Add((name, schedule)));

            Assert.StartsWith($"{name} {expected}", Assert.Single(error.Mistakes), StringComparison.Ordinal);
            if (schedule is { Length: > 1 }) Assert.DoesNotContain(schedule, error.Message.Replace("like 0 17 3 * * *", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0 17 3 * * *")]
    [InlineData("*/10 0-30,45 8-18 * Jan-Dec Mon-Fri")]
    [InlineData("0 0 0 29 2 *")]
    public void AddJiraWebhooks_ScheduleOfSixFields_IsTaken(string schedule) =>
        Assert.NotNull(Add(("RefreshSchedule", schedule), ("PollSchedule", schedule)));

    private static IServiceCollection Add(params (string Name, string? Value)[] settings) =>
        new ServiceCollection().AddJiraWebhooks(new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("PublicBaseUrl", "https://hooks.example.com"), new("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
                new("RefreshSchedule", "0 17 3 * * *"), new("PollSchedule", "0 */15 * * * *"),
            ])
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value))
            .Build());

    private static JiraWebhooksOptions Read(params (string Name, string Value)[] settings) =>
        SettingsReader.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .Build());
}
