using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>A wrong parameter fails before anything is deployed, with a sentence that says what to do.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("privateNetwork needs serviceBusSku=Premium", "privateNetwork = true", "serviceBusSku = 'Standard'")]
    [InlineData("a site id with a hyphen cannot be an app setting on Linux. Wrong: Sites__my-site__Url", "siteSettings = { 'Sites__my-site__Url': 'https://x' }")]
    [InlineData("Wrong: OAuthSecret", "siteSettings = { OAuthSecret: 'hush' }")]
    [InlineData("name the Key Vault secret in siteSecretNames: OAuthClientSecret", "siteSettings = { OAuthClientSecret: 'hush' }")]
    [InlineData("Wrong: Publisher", "siteSettings = { Publisher: 'StorageQueue' }")]
    [InlineData("name the Key Vault secret in siteSecretNames: Sites__acme__Secret, sites__b__refreshtoken", "siteSettings = { Sites__acme__Secret: 'hush', sites__b__refreshtoken: 'hush' }")]
    [InlineData("Wrong: Sites__acme__Url", "siteSecretNames = { Sites__acme__Url: 'acme-url' }")]
    [InlineData("siteSecretNames takes names of Key Vault secrets: 1 to 127 letters, digits and hyphens, never an address or the secret itself. Wrong: Sites__acme__Secret, Sites__b__Secret", "siteSecretNames = { Sites__acme__Secret: 'https://kv.vault.azure.net/secrets/acme', Sites__b__Secret: 'b_secret', Sites__c__Secret: 'c-secret' }")]
    [InlineData("siteSecretNames takes names of Key Vault secrets", "siteSecretNames = { Sites__acme__Secret: '' }")]
    [InlineData("refreshSchedule needs six fields", "refreshSchedule = '17 3 * * *'")]
    [InlineData("pollSchedule needs six fields", "pollSchedule = '0 */15 * * * ?'")]
    [InlineData("pollSchedule needs six fields", "pollSchedule = '00:15:00'")]
    [InlineData("publicBaseUrl must be an https address", "publicBaseUrl = 'http://hooks.example.com'")]
    [InlineData("publicBaseUrl must be an https address", "publicBaseUrl = 'https://'")]
    [InlineData("allowedAddressRanges takes ranges like \"203.0.113.0/24\" or \"2001:db8::/32\", a single address as \"203.0.113.7/32\". Wrong: 203.0.113.7, foo", "allowedAddressRanges = ['203.0.113.0/24', '203.0.113.7', 'foo']")]
    [InlineData("Wrong: 203.0.113.0/33, 203.0.113.256/32, 2001:db8::/129, a:b/8", "allowedAddressRanges = ['203.0.113.0/33', '203.0.113.256/32', '2001:db8::/129', 'a:b/8']")]
    [InlineData("networkAddressPrefix must be an IPv4 range from /8 to /24", "privateNetwork = true", "networkAddressPrefix = '10.20.0.0/25'")]
    [InlineData("networkAddressPrefix must be an IPv4 range from /8 to /24, given by its first address, like \"10.20.0.0/24\", and is \"10.20.0.5/24\".", "privateNetwork = true", "networkAddressPrefix = '10.20.0.5/24'")]
    [InlineData("networkAddressPrefix must be an IPv4 range", "privateNetwork = true", "networkAddressPrefix = '10.20.0.0'")]
    [InlineData("deployerPrincipalId takes object ids of Entra ID", "deployerPrincipalId = 'you@example.com'")]
    [InlineData("operatorPrincipalId takes object ids of Entra ID", "operatorPrincipalId = 'ops@example.com'")]
    [InlineData("consumerPrincipalIds takes object ids of Entra ID, like \"11111111-2222-3333-4444-555555555555\". Wrong: orders, deadbeef, 11111111-2222-3333-4444-55555555555g", "consumerPrincipalIds = ['11111111-2222-3333-4444-555555555555', 'orders', 'deadbeef', '11111111-2222-3333-4444-55555555555g']")]
    [InlineData("alertEmail must be one mail address, like \"you@example.com\", and is \"you.example.com\".", "alertEmail = 'you.example.com'")]
    [InlineData("alertEmail must be one mail address", "alertEmail = 'you@example.com; me@example.com'")]
    [InlineData("actionGroupIds takes resource ids, /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Insights/actionGroups/NAME. Wrong: oncall", "actionGroupIds = ['oncall']")]
    [InlineData("operatorAddressRanges takes ranges", "operatorAddressRanges = ['203.0.113.7']")]
    [InlineData("zoneRedundant needs storageRedundancy=ZRS or GZRS", "zoneRedundant = true", "storageRedundancy = 'LRS'")]
    [InlineData("alwaysReadyHttpInstances of 0 or at least 2", "zoneRedundant = true", "alwaysReadyHttpInstances = 1")]
    [InlineData("made of environmentName, takes letters", "environmentName = 'my hooks'")]
    public async Task Parameter_Wrong_FailsWithASentenceThatHelps(string sentence, params string[] parameters) =>
        Assert.Contains(sentence, await Snapshot.FailureAsync(parameters), StringComparison.Ordinal);

    /// <summary>Another spelling of the same region or environment must not make a second installation in the same group.</summary>
    [Fact]
    public async Task Names_OfOneRegionInOtherSpellings_AreTheSame()
    {
        var usual = await Snapshot.OfAsync("location = 'westeurope'", "environmentName = 'hooks'");
        var other = await Snapshot.OfAsync("location = 'West Europe'", "environmentName = 'Hooks'");

        Assert.Equal(usual.Single("Microsoft.Web/sites").Text("name"), other.Single("Microsoft.Web/sites").Text("name"));
        Assert.Equal("westeurope", other.Single("Microsoft.Web/sites").Text("location"));
    }

    /// <summary>The tier cannot be changed, so a Premium namespace stands beside the Standard one until that is empty. Jira does not notice.</summary>
    [Fact]
    public async Task Premium_BesideStandard_IsAnotherNamespaceOfTheSameApp()
    {
        var (standard, premium) = (await Snapshot.DefaultAsync(), await Snapshot.PremiumAsync());
        var (before, after) = (standard.Single("Microsoft.ServiceBus/namespaces").Text("name"), premium.Single("Microsoft.ServiceBus/namespaces").Text("name"));

        Assert.EndsWith("-standard", before, StringComparison.Ordinal);
        Assert.Equal(before.Replace("-standard", "-premium", StringComparison.Ordinal), after);
        Assert.Equal(standard.Single("Microsoft.Web/sites").Text("name"), premium.Single("Microsoft.Web/sites").Text("name"));
        Assert.Equal($"{after}.servicebus.windows.net", premium.AppSettings()["ServiceBus__fullyQualifiedNamespace"]);
    }

    [Fact]
    public async Task Tags_WhenGiven_AreOnEveryResourceThatTakesThem()
    {
        var tagged = (await Snapshot.FullAsync()).Resources.Where(resource => resource.TryGetProperty("tags", out _)).ToList();

        Assert.NotEmpty(tagged);
        Assert.All(tagged, resource => Assert.Equal("42", resource.At("tags").Text("cost-center")));
    }

    [Fact]
    public async Task Retention_Size_Cap_AndZones_WhenGiven_ReachTheirResources()
    {
        var plan = await Snapshot.OfAsync("messageRetentionInDays = 3", "topicSizeInMegabytes = 1024", "dailyLogCapGB = 2", "zoneRedundant = true");

        Assert.Equal("P3D", plan.Single("Microsoft.ServiceBus/namespaces/topics").Text("properties.defaultMessageTimeToLive"));
        Assert.Equal("P3D", plan.Single("Microsoft.ServiceBus/namespaces/topics/subscriptions").Text("properties.defaultMessageTimeToLive"));
        Assert.Equal(1024, plan.Single("Microsoft.ServiceBus/namespaces/topics").At("properties.maxSizeInMegabytes").GetInt32());
        Assert.Equal(2, plan.Single("Microsoft.OperationalInsights/workspaces").At("properties.workspaceCapping.dailyQuotaGb").GetInt32());
        Assert.Equal("True", plan.Single("Microsoft.Web/serverfarms").Text("properties.zoneRedundant"));
        Assert.Equal("Standard_ZRS", plan.Single("Microsoft.Storage/storageAccounts").Text("sku.name"));
    }

    /// <summary>The tables of Application Insights keep 90 days, whatever the workspace has, unless each has a retention of its own
    /// (<see href="https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure#log-tables-with-90-day-default-retention"/>).</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    public async Task LogRetention_OfTheWorkspace_IsThatOfEveryTableTheAppWrites(int days)
    {
        var plan = days == 30 ? await Snapshot.DefaultAsync() : await Snapshot.OfAsync($"logRetentionInDays = {days}");
        var tables = plan.OfType("Microsoft.OperationalInsights/workspaces/tables");

        Assert.Equal(days, plan.Single("Microsoft.OperationalInsights/workspaces").At("properties.retentionInDays").GetInt32());
        Assert.Equal(
            ["AppAvailabilityResults", "AppDependencies", "AppExceptions", "AppMetrics", "AppPerformanceCounters", "AppRequests", "AppTraces"],
            tables.Select(table => table.Text("name").Split('/')[^1]).Order());
        Assert.All(tables, table =>
        {
            Assert.Equal(days, table.At("properties.retentionInDays").GetInt32());
            Assert.Equal(days, table.At("properties.totalRetentionInDays").GetInt32());
        });
    }

    [Fact]
    public async Task ConsumerPrincipalType_OutsideItsDecorator_FailsWithWhatIsAllowed() =>
        Assert.Contains("\"'Group' | 'ServicePrincipal' | 'User'\"", await Snapshot.DiagnosticsAsync("consumerPrincipalType = 'App'"), StringComparison.Ordinal);

    [Fact]
    public async Task Parameter_OutsideItsDecorators_FailsWithWhatIsAllowed()
    {
        var failure = await Snapshot.DiagnosticsAsync("serviceBusSku = 'Basic'", "alwaysReadyHttpInstances = 101", "maximumInstanceCount = 39", "storageRedundancy = 'RAGRS'");

        Assert.Contains("\"'Premium' | 'Standard'\"", failure, StringComparison.Ordinal);
        Assert.Contains("maximum allowable value is 100", failure, StringComparison.Ordinal);
        Assert.Contains("minimum allowable value is 40", failure, StringComparison.Ordinal);
        Assert.Contains("\"'GRS' | 'GZRS' | 'LRS' | 'ZRS'\"", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_All_AreDescribed()
    {
        var parameters = (await Template.CompiledAsync()).At("parameters").EnumerateObject().ToList();

        Assert.NotEmpty(parameters);
        Assert.All(parameters, parameter => Assert.True(parameter.Value.Text("metadata.description").Length > 20, parameter.Name));
    }

    /// <summary>Names of the services that are narrower than an environment's name; the longest such name is used here.</summary>
    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "^[a-z0-9]{3,24}$")]
    [InlineData("Microsoft.KeyVault/vaults", "^[a-z][a-z0-9-]{1,22}[a-z0-9]$")]
    [InlineData("Microsoft.ServiceBus/namespaces", "^[a-z][a-z0-9-]{4,48}[a-z0-9]$")]
    [InlineData("Microsoft.Web/sites", "^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$")]
    [InlineData("Microsoft.Web/serverfarms", "^[a-z0-9-]{1,60}$")]
    [InlineData("Microsoft.ManagedIdentity/userAssignedIdentities", "^[a-z0-9][a-z0-9-]{2,127}$")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$")]
    [InlineData("Microsoft.Resources/resourceGroups", "^[A-Za-z0-9_().-]{1,90}$")]
    public async Task Name_WithTheLongestEnvironmentName_IsValid(string type, string pattern)
    {
        Assert.Matches(pattern, (await Snapshot.FullAsync()).Single(type).Text("name"));
        Assert.Matches(pattern, (await Snapshot.DefaultAsync()).Single(type).Text("name"));
        Assert.NotEqual((await Snapshot.FullAsync()).Single(type).Text("name"), (await Snapshot.DefaultAsync()).Single(type).Text("name"));
    }

    /// <summary>Of what there are several or only sometimes one; limits:
    /// <see href="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"/>.</summary>
    [Theory]
    [InlineData("Microsoft.Insights/components", 1, "^[A-Za-z0-9_().-]{0,259}[A-Za-z0-9_()-]$")]
    [InlineData("Microsoft.Insights/actionGroups", 1, "^[A-Za-z0-9 _-]{1,260}$")]
    [InlineData("Microsoft.Insights/metricAlerts", 3, "^[A-Za-z0-9 _-]{1,260}$")]
    [InlineData("Microsoft.Insights/scheduledQueryRules", 6, "^[A-Za-z0-9 _-]{1,260}$")]
    [InlineData("Microsoft.Network/virtualNetworks", 1, "^[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9_]$")]
    [InlineData("Microsoft.Network/natGateways", 1, "^[a-z0-9][a-z0-9_.-]{0,78}[a-z0-9_]$")]
    [InlineData("Microsoft.Network/publicIPAddresses", 1, "^[a-z0-9][a-z0-9_.-]{0,78}[a-z0-9_]$")]
    [InlineData("Microsoft.Network/privateEndpoints", 4, "^[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9_]$")]
    [InlineData("Microsoft.Network/privateDnsZones/virtualNetworkLinks", 4, "^[a-z0-9][a-z0-9_.-]{0,78}[a-z0-9_]$")]
    [InlineData("Microsoft.ServiceBus/namespaces/topics/subscriptions", 3, "^[a-z0-9][a-z0-9_.-]{0,48}[a-z0-9]$")]
    public async Task Names_OfAlertsAndNetwork_WithTheLongestEnvironmentName_AreValid(string type, int least, string pattern)
    {
        var names = (await Snapshot.FullAsync()).OfType(type).Select(resource => resource.Text("name").Split('/')[^1]).ToList();

        Assert.InRange(names.Count, least, int.MaxValue);
        Assert.All(names, name => Assert.Matches(pattern, name));
    }

    /// <summary>What a text message shows of the sender.</summary>
    [Fact]
    public async Task ShortName_OfTheActionGroup_HasTwelveLettersAtMost() =>
        Assert.InRange((await Snapshot.FullAsync()).Single("Microsoft.Insights/actionGroups").Text("properties.groupShortName").Length, 1, 12);
}
