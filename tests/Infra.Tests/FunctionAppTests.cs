using System.Globalization;
using System.Text.Json;
using Infra.Tests.Support;
using JiraWebhooks.Hosting;

namespace Infra.Tests;

public sealed class FunctionAppTests
{
    [Fact]
    public async Task Runtime_Always_IsFlexConsumptionOnDotnet10()
    {
        var plan = await Snapshot.DefaultAsync();
        var app = plan.Single("Microsoft.Web/sites");

        Assert.Equal("FC1", plan.Single("Microsoft.Web/serverfarms").Text("sku.name"));
        Assert.Equal("dotnet-isolated", app.Text("properties.functionAppConfig.runtime.name"));
        Assert.Equal("10.0", app.Text("properties.functionAppConfig.runtime.version"));
        Assert.Equal("UserAssignedIdentity", app.Text("properties.functionAppConfig.deployment.storage.authentication.type"));
    }

    /// <summary>The host holds every body it was sent, whole, before the worker sees one: docs/deploy.md, Memory and large bodies.</summary>
    [Fact]
    public async Task Scale_ByDefault_LeavesRoomForTheBodiesThatTheHostReads()
    {
        var scale = (await Snapshot.DefaultAsync()).Single("Microsoft.Web/sites").At("properties.functionAppConfig.scaleAndConcurrency");

        Assert.Equal("4096", scale.Text("instanceMemoryMB"));
        Assert.Equal("4", scale.Text("triggers.http.perInstanceConcurrency"));
        Assert.Equal("40", scale.Text("maximumInstanceCount"));
    }

    [Fact]
    public async Task Scale_ByParameters_IsAsChosen()
    {
        var plan = await Snapshot.OfAsync("instanceMemoryMB = 2048", "httpConcurrency = 16");
        var scale = plan.Single("Microsoft.Web/sites").At("properties.functionAppConfig.scaleAndConcurrency");

        Assert.Equal("2048", scale.Text("instanceMemoryMB"));
        Assert.Equal("16", scale.Text("triggers.http.perInstanceConcurrency"));
    }

    /// <summary>What is above the host's own limit would wait there, while another instance could have taken it.</summary>
    [Fact]
    public async Task HttpConcurrency_AtItsHighest_IsWhatTheHostRunsAtOnce()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        var most = (await Template.CompiledAsync()).Text("parameters.httpConcurrency.maxValue");

        Assert.Equal(host.RootElement.Text("extensions.http.maxConcurrentRequests"), most);
    }

    /// <summary>Without it the host takes 100 MB from anybody. With less than Jira's largest, it would refuse what Jira sends once.</summary>
    [Fact]
    public async Task BodySizeLimit_OfTheHost_TakesWhatJiraSendsAndLittleMore()
    {
        var limit = int.Parse((await Snapshot.DefaultAsync()).AppSettings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"], CultureInfo.InvariantCulture);

        Assert.Equal(26 * 1024 * 1024, limit);
        Assert.True(limit > JiraWebhooksOptions.JirasBodyLimit);
    }

    [Theory]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/settings.md")]
    public async Task Page_OnMemory_GivesTheFiguresOfTheTemplate(string page)
    {
        var plan = await Snapshot.DefaultAsync();
        var scale = plan.Single("Microsoft.Web/sites").At("properties.functionAppConfig.scaleAndConcurrency");
        var text = Repository.Read(page);

        Assert.Contains($"`instanceMemoryMB` ({scale.At("instanceMemoryMB").GetInt32().ToString("N0", CultureInfo.InvariantCulture)})", text, StringComparison.Ordinal);
        Assert.Contains($"`httpConcurrency` ({scale.Text("triggers.http.perInstanceConcurrency")})", text, StringComparison.Ordinal);
        Assert.Contains(plan.AppSettings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"], text, StringComparison.Ordinal);
        Assert.Contains("2,048 MB with `httpConcurrency` 4", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlwaysReady_ByDefaultNone_OrAsManyAsAsked()
    {
        const string Path = "properties.functionAppConfig.scaleAndConcurrency.alwaysReady";

        Assert.Empty((await Snapshot.DefaultAsync()).Single("Microsoft.Web/sites").At(Path).EnumerateArray());
        var http = Assert.Single((await Snapshot.FullAsync()).Single("Microsoft.Web/sites").At(Path).EnumerateArray());
        Assert.Equal("http", http.Text("name"));
        Assert.Equal("1", http.Text("instanceCount"));
    }

    [Fact]
    public async Task SiteSettings_Always_BecomeAppSettings_AndSecretsKeyVaultReferences()
    {
        var plan = await Snapshot.FullAsync();
        var settings = plan.AppSettings();
        var app = plan.Single("Microsoft.Web/sites");

        Assert.Equal("https://acme.atlassian.net", settings["Sites__acme__Url"]);
        Assert.Equal($"@Microsoft.KeyVault(SecretUri={settings["KeyVaultUri"]}secrets/acme-client-secret)", settings["Sites__acme__Secret"]);
        Assert.Equal(plan.Single("Microsoft.ManagedIdentity/userAssignedIdentities").Text("id"), app.Text("properties.keyVaultReferenceIdentity"));
        Assert.Equal("https://hooks.example.com", settings["PublicBaseUrl"]);
        Assert.Equal("True", settings["TakeOver"]);
    }

    /// <summary>Of another account, vault or bus nothing would be reached, and only after the deployment.</summary>
    [Fact]
    public async Task Addresses_InTheSettings_AreThoseOfTheResourcesBeside()
    {
        var plan = await Snapshot.FullAsync();
        var settings = plan.AppSettings();
        var account = plan.Single("Microsoft.Storage/storageAccounts").Text("name");

        Assert.All(["blob", "queue", "table"], part =>
            Assert.Equal($"https://{account}.{part}.core.windows.net", settings[$"AzureWebJobsStorage__{part}ServiceUri"]));
        Assert.Equal($"https://{plan.Single("Microsoft.KeyVault/vaults").Text("name")}.vault.azure.net/", settings["KeyVaultUri"]);
        Assert.Equal($"{plan.Single("Microsoft.ServiceBus/namespaces").Text("name")}.servicebus.windows.net", settings["ServiceBus__fullyQualifiedNamespace"]);
        Assert.Equal(plan.Single("Microsoft.ServiceBus/namespaces/topics").Text("name").Split('/')[^1], settings["ServiceBus__EntityName"]);
    }

    [Fact]
    public async Task Package_Always_IsPublishedToAContainerOfItsOwnInTheAccount()
    {
        var plan = await Snapshot.DefaultAsync();
        var account = plan.Single("Microsoft.Storage/storageAccounts").Text("name");
        var containers = plan.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Select(each => each.Text("name").Split('/')[^1]);
        var storage = plan.Single("Microsoft.Web/sites").At("properties.functionAppConfig.deployment.storage");

        Assert.Equal("blobContainer", storage.Text("type"));
        Assert.Contains(storage.Text("value"), containers.Except([plan.AppSettings()["ClaimCheckContainer"]]).Select(each => $"https://{account}.blob.core.windows.net/{each}"));
        Assert.Equal(plan.Single("Microsoft.ManagedIdentity/userAssignedIdentities").Text("id"), storage.Text("authentication.userAssignedIdentityResourceId"));
    }

    [Fact]
    public async Task Clients_OfStorageAndServiceBus_SignInAsTheAppsIdentity()
    {
        var settings = (await Snapshot.DefaultAsync()).AppSettings();

        Assert.All(["AzureWebJobsStorage", "ServiceBus"], section =>
        {
            Assert.Equal("managedidentity", settings[$"{section}__credential"]);
            Assert.Contains("userAssignedIdentities", settings[$"{section}__clientId"], StringComparison.Ordinal);
        });
        Assert.DoesNotContain("AzureWebJobsStorage", settings.Keys);
        Assert.DoesNotContain("ServiceBus", settings.Keys);
        Assert.Contains("Authorization=AAD", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
    }

    /// <summary><see href="https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations"/>.</summary>
    [Theory]
    [InlineData("FUNCTIONS_WORKER_RUNTIME")]
    [InlineData("FUNCTIONS_EXTENSION_VERSION")]
    [InlineData("WEBSITE_RUN_FROM_PACKAGE")]
    [InlineData("WEBSITE_CONTENTSHARE")]
    [InlineData("WEBSITE_CONTENTAZUREFILECONNECTIONSTRING")]
    [InlineData("WEBSITE_TIME_ZONE")]
    [InlineData("WEBSITE_VNET_ROUTE_ALL")]
    [InlineData("SCM_DO_BUILD_DURING_DEPLOYMENT")]
    public async Task AppSettings_Never_HoldWhatFlexConsumptionRefuses(string name) =>
        Assert.DoesNotContain(name, (await Snapshot.FullAsync()).AppSettings().Keys);

    /// <summary>Flex Consumption refuses other properties with error 51021, ftpsState among them
    /// (<see href="https://github.com/Azure/azure-cli/issues/31414"/>), and the deployment fails. A new one is looked up first, then listed
    /// here. FTP is off without it: its credentials are, which <see cref="HardeningTests"/> sees to.</summary>
    [Fact]
    public async Task SiteConfig_Never_HoldsWhatFlexConsumptionRefuses()
    {
        string[] taken =
        [
            "appSettings", "http20Enabled", "ipSecurityRestrictions", "ipSecurityRestrictionsDefaultAction", "minTlsVersion",
            "scmIpSecurityRestrictionsDefaultAction", "scmIpSecurityRestrictionsUseMain", "scmMinTlsVersion",
        ];

        foreach (var plan in new[] { await Snapshot.DefaultAsync(), await Snapshot.FullAsync() })
        {
            Assert.Equal(taken, plan.Single("Microsoft.Web/sites").At("properties.siteConfig").EnumerateObject().Select(property => property.Name).Order());
        }
    }

    [Fact]
    public async Task AppSettings_Always_HaveNamesThatLinuxTakes() =>
        Assert.All((await Snapshot.FullAsync()).AppSettings().Keys, name => Assert.Matches("^[A-Za-z0-9_.]+$", name));
}
