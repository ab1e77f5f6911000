using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JiraWebhooks.Tests.Hosting;

public sealed class SettingsTests
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
        Assert.Equal(16, options.RunParallelism);
        Assert.False(options.TakeOver);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public void Read_InAzure_TakesTheHostName() =>
        Assert.Equal("https://hooks.azurewebsites.net/", Read(("PublicBaseUrl", null), ("WEBSITE_HOSTNAME", "hooks.azurewebsites.net")).PublicBaseUrl.AbsoluteUri);

    [Fact]
    public void Read_UnderFuncStart_DoesNotTakeLocalhostForThePublicAddress() =>
        Assert.StartsWith("PublicBaseUrl is missing", Assert.Single(Errors(("PublicBaseUrl", null), ("WEBSITE_HOSTNAME", "localhost:7071"))), StringComparison.Ordinal);

    /// <summary>An exception would hide the other errors, and its message would not name a setting.</summary>
    [Theory]
    [InlineData("hunter2 hooks")]
    [InlineData("[hunter2")]
    [InlineData("hunter2:99999")]
    [InlineData("hunter2/hooks")]
    [InlineData("hunter2?hooks")]
    [InlineData("hunter2#hooks")]
    [InlineData("hunter2?")]
    [InlineData("hunter2#")]
    [InlineData("admin@hunter2")]
    [InlineData("@hunter2")]
    [InlineData("https://hunter2")]
    [InlineData("hunter2\u0773.example")]
    public void Read_HostNameThatIsNone_IsToldBesideTheOtherErrors(string host)
    {
        var errors = Errors(("PublicBaseUrl", null), ("WEBSITE_HOSTNAME", host), ("TakeOver", "perhaps"));

        Assert.Equal(
            ["PublicBaseUrl is missing, and WEBSITE_HOSTNAME is not the name of a host: set PublicBaseUrl to the https address under which Jira reaches this app.", "TakeOver must be true or false."],
            errors);
    }

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
        (string Name, string? Value)[] wrong =
        [
            ("PublicBaseUrl", "http://example.com"),
            ("Publisher", "Kafka"),
            ("KeyVaultUri", "vault-value"),
            ("ClaimCheckThreshold", "-57"),
            ("RunParallelism", "6500"),
            ("TakeOver", "perhaps"),
        ];

        var errors = Errors(wrong);

        Assert.Equal(wrong.Length, errors.Count);
        Assert.All(wrong, setting => Assert.Contains(errors, error => error.StartsWith(setting.Name, StringComparison.Ordinal)));
        Assert.All(wrong, setting => Assert.DoesNotContain(setting.Value!, string.Join('\n', errors), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://hooks.example.com?x=1")]
    [InlineData("https://hooks.example.com/#top")]
    [InlineData("https://hooks.example.com?")]
    [InlineData("https://hooks.example.com/#")]
    [Trait("Rule", "check-before-register")]
    public void Read_BaseUrlThatJiraWouldMangle_IsRefused(string baseUrl)
    {
        Assert.Equal("PublicBaseUrl must have no query or fragment: Jira drops query parameters on delivery.", Assert.Single(Errors(("PublicBaseUrl", baseUrl))));
    }

    [Theory]
    [InlineData("AtlassianApiUrl")]
    [InlineData("AtlassianAuthUrl")]
    [InlineData("KeyVaultUri")]
    public void Read_AddressWithAQuery_IsRefusedAndNotShown(string name)
    {
        foreach (var address in new[] { "https://example.com?key=hunter2", "https://example.com/?", "https://example.com/hunter2#" })
        {
            Assert.Equal($"{name} must have no query or fragment: paths are added to this address.", Assert.Single(Errors((name, address))));
        }
    }

    [Theory]
    [InlineData("PublicBaseUrl")]
    [InlineData("AtlassianApiUrl")]
    [InlineData("AtlassianAuthUrl")]
    [InlineData("KeyVaultUri")]
    public void Read_AddressWithAPassword_IsRefusedAndNotShown(string name)
    {
        foreach (var address in new[] { "https://admin:hunter2@example.com", "https://@example.com" })
        {
            Assert.Equal($"{name} must have no user name or password.", Assert.Single(Errors((name, address))));
        }
    }

    /// <summary>A word of Latin and Arabic letters is no name for DNS: HttpClient throws UriFormatException for it.</summary>
    [Fact]
    public void Read_HostThatNoRequestCanReach_IsRefused()
    {
        foreach (var name in new[] { "AtlassianApiUrl", "AtlassianAuthUrl", "KeyVaultUri" })
        {
            Assert.StartsWith($"{name} must be an absolute https address", Assert.Single(Errors((name, "https://hunter2\u0773.example"))), StringComparison.Ordinal);
        }
    }

    /// <summary>The SDKs send no token over http: the clients would throw when they are made.</summary>
    [Fact]
    public void Read_StorageOverHttpWithAnIdentity_IsRefused()
    {
        var errors = Errors(
            ("AzureWebJobsStorage", null), ("AzureWebJobsStorage:accountName", "hunter2"), ("AzureWebJobsStorage:queueServiceUri", "http://127.0.0.1:10001/hunter2"));

        Assert.StartsWith("AzureWebJobsStorage__queueServiceUri is missing or no https address", Assert.Single(errors), StringComparison.Ordinal);
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
        var errors = Errors(("PublicBaseUrl", "https://hooks.example.com"), ("MaxBodyBytes", bytes));

        Assert.StartsWith("MaxBodyBytes must be", Assert.Single(errors), StringComparison.Ordinal);
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
            var errors = Errors(("PublicBaseUrl", "https://hooks.example.com"), (setting, name));
            Assert.StartsWith($"{setting} must be 3 to 63", Assert.Single(errors), StringComparison.Ordinal);
            Assert.DoesNotContain(name, string.Join('\n', errors), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("my-queue-2")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abc")]
    public void Read_NameThatStorageTakes_IsTaken(string name)
    {
        var options = Read(("PublicBaseUrl", "https://hooks.example.com"), ("QueueName", name), ("ClaimCheckContainer", name));

        Assert.Equal(name, options.QueueName);
        Assert.Equal(name, options.ClaimCheckContainer);
    }

    [Theory]
    [InlineData("OAuthClientId", "OAuthClientSecret")]
    [InlineData("OAuthClientSecret", "OAuthClientId")]
    public void Read_HalfOfTheOAuthApp_NamesTheOther(string given, string missing)
    {
        var errors = Errors(("PublicBaseUrl", "https://hooks.example.com"), (given, "hunter2"));

        Assert.StartsWith($"{missing} is missing", Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", string.Join('\n', errors), StringComparison.Ordinal);
    }

    /// <summary>A vault that is away at the start must not keep the other sites from their deliveries.</summary>
    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void Read_OAuthSecretNotResolvedYet_StopsNothing() =>
        Assert.Null(Read(("PublicBaseUrl", "https://hooks.example.com"), ("OAuthClientId", "app"), ("OAuthClientSecret", "@Microsoft.KeyVault(SecretUri=https://x)")).OAuthClientSecret);

    [Fact]
    public void ValidateSettings_ErrorsOfAllSettings_AreReportedAtOnce()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("PublicBaseUrl", "ftp://x"), new("AzureWebJobsStorage", "AccountName=x;AccountKey=!!hunter2!!")]).Build();

        var services = new ServiceCollection().AddJiraWebhooks(settings, () => ["Own is wrong."]).BuildServiceProvider();
        var errors = Assert.Throws<OptionsValidationException>(services.ValidateSettings).Failures;

        Assert.Equal(["PublicBaseUrl", "AzureWebJobsStorage", "RefreshSchedule", "PollSchedule", "ServiceBus__fullyQualifiedNamespace", "Own"], errors.Select(error => error.Split(' ')[0]));
        Assert.DoesNotContain("hunter2", string.Join('\n', errors), StringComparison.Ordinal);
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
    [InlineData("0 99999999999 * * * *", "must have six fields")]
    [InlineData("0 \u0663 * * * *", "must have six fields")]
    [InlineData("0 1-99999999999 * * * *", "must have six fields")]
    [InlineData("0 */99999999999 * * * *", "must have six fields")]
    public void Parse_ScheduleThatNeverFires_IsAnError(string? schedule, string expected)
    {
        foreach (var name in new[] { "RefreshSchedule", "PollSchedule" })
        {
            var errors = Errors((name, schedule));

            Assert.StartsWith($"{name} {expected}", Assert.Single(errors), StringComparison.Ordinal);
            if (schedule is { Length: > 1 }) Assert.DoesNotContain(schedule, string.Join('\n', errors).Replace("like 0 17 3 * * *", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0 17 3 * * *")]
    [InlineData("*/10 0-30,45 8-18 * Jan-Dec Mon-Fri")]
    [InlineData("0 0 0 29 2 *")]
    public void Parse_ScheduleOfSixFields_IsAccepted(string schedule) =>
        Assert.Empty(Errors(("RefreshSchedule", schedule), ("PollSchedule", schedule)));

    [Theory]
    [InlineData("jira deliveries")]
    [InlineData("/jira")]
    [InlineData("jira-")]
    [InlineData("https://example.servicebus.windows.net/jira")]
    public void Parse_EntityNameThatIsNone_IsAnErrorWithoutTheValue(string name)
    {
        var error = Assert.Single(Errors(("ServiceBus:EntityName", name)));

        Assert.StartsWith("ServiceBus__EntityName must be the name of a topic or queue", error, StringComparison.Ordinal);
        Assert.DoesNotContain(name, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("j")]
    [InlineData("Team_A/jira.deliveries-2")]
    public void Parse_EntityName_IsAccepted(string name) => Assert.Empty(Errors(("ServiceBus:EntityName", name)));

    private static JiraWebhooksOptions Read(params (string Name, string? Value)[] settings)
    {
        var errors = new List<string>();
        var options = Parse(settings, errors);
        Assert.Empty(errors);
        return options;
    }

    private static List<string> Errors(params (string Name, string? Value)[] settings)
    {
        var errors = new List<string>();
        Parse(settings, errors);
        return errors;
    }

    private static JiraWebhooksOptions Parse((string Name, string? Value)[] settings, List<string> errors)
    {
        var texts = new SettingsTexts();
        texts.Read(new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("PublicBaseUrl", "https://hooks.example.com"), new("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
                new("RefreshSchedule", "0 17 3 * * *"), new("PollSchedule", "0 */15 * * * *"), new("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"),
            ])
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value))
            .Build());
        return SettingsParser.Parse(texts, errors);
    }
}
