using System.Text.Json;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The properties that keep others out, as a deployment would set them.</summary>
public sealed class HardeningTests
{
    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowCrossTenantReplication", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.defaultToOAuthAuthentication", "True")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "True")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2")]
    [InlineData("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", "True")]
    [InlineData("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.softDeleteRetentionInDays", "90")]
    [InlineData("Microsoft.Insights/components", "properties.DisableLocalAuth", "True")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "True")]
    [InlineData("Microsoft.Web/sites", "properties.httpsOnly", "True")]
    [InlineData("Microsoft.Web/sites", "properties.clientAffinityEnabled", "False")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.http20Enabled", "True")]
    [InlineData("Microsoft.Web/sites", "identity.type", "UserAssigned")]
    public async Task Resource_ByDefault_IsHardened(string type, string property, string expected) =>
        Assert.Equal(expected, (await Snapshot.DefaultAsync()).Single(type).Text(property));

    /// <summary>With the account go the sites that were added at run time, and where each recovery stands.</summary>
    [Fact]
    public async Task StorageAccount_ByDefault_CannotBeDeletedByAccident()
    {
        var plan = await Snapshot.DefaultAsync();
        var locked = plan.Single("Microsoft.Authorization/locks");

        Assert.Equal("CanNotDelete", locked.Text("properties.level"));
        Assert.StartsWith(plan.Single("Microsoft.Storage/storageAccounts").Text("id") + "/providers/Microsoft.Authorization/locks/", locked.Text("id"), StringComparison.Ordinal);
        Assert.Contains($"az lock delete --name {locked.Text("id").Split('/')[^1]} ", Repository.Read("docs/deploy.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StorageAccount_WithoutTheLockAndInTwoRegions_IsAsChosen()
    {
        var plan = await Snapshot.OfAsync("storageDeleteLock = false", "storageRedundancy = 'GZRS'");

        Assert.Empty(plan.OfType("Microsoft.Authorization/locks"));
        Assert.Equal("Standard_GZRS", plan.Single("Microsoft.Storage/storageAccounts").Text("sku.name"));
        Assert.Equal("Standard_LRS", (await Snapshot.DefaultAsync()).Single("Microsoft.Storage/storageAccounts").Text("sku.name"));
    }

    [Fact]
    public async Task BlobContainers_All_ArePrivate()
    {
        var containers = (await Snapshot.DefaultAsync()).OfType("Microsoft.Storage/storageAccounts/blobServices/containers");

        Assert.Equal(2, containers.Count);
        Assert.All(containers, container => Assert.Equal("None", container.Text("properties.publicAccess")));
    }

    [Fact]
    public async Task BasicPublishing_FtpAndScm_IsOff()
    {
        var policies = (await Snapshot.DefaultAsync()).OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies");

        Assert.Equal(["ftp", "scm"], policies.Select(policy => policy.Text("name").Split('/')[^1]).Order());
        Assert.All(policies, policy => Assert.Equal("False", policy.Text("properties.allow")));
    }

    [Fact]
    public async Task ApplicationInsights_Always_WritesToTheWorkspace()
    {
        var plan = await Snapshot.DefaultAsync();

        Assert.Equal(plan.Single("Microsoft.OperationalInsights/workspaces").Text("id"), plan.Single("Microsoft.Insights/components").Text("properties.WorkspaceResourceId"));
    }

    [Theory]
    [InlineData("Microsoft.ServiceBus/namespaces", "OperationalLogs")]
    [InlineData("Microsoft.KeyVault/vaults", "AuditEvent")]
    public async Task Diagnostics_OfServiceBusAndKeyVault_GoToTheWorkspace(string type, string category)
    {
        var plan = await Snapshot.DefaultAsync();
        var id = plan.Single(type).Text("id");
        var settings = Assert.Single(plan.OfType("Microsoft.Insights/diagnosticSettings"), setting => setting.Text("id").StartsWith(id + "/providers/", StringComparison.Ordinal));

        Assert.Equal(plan.Single("Microsoft.OperationalInsights/workspaces").Text("id"), settings.Text("properties.workspaceId"));
        Assert.Contains(settings.At("properties.logs").EnumerateArray(), log => log.Text("category") == category && log.Text("enabled") == "True");
    }

    [Fact]
    public async Task PurgeProtection_BySwitch_IsTrueOrAbsent()
    {
        Assert.False(PurgeProtection(await Snapshot.DefaultAsync()));
        Assert.True(PurgeProtection(await Snapshot.FullAsync()));

        // false is not a value the service takes
        static bool PurgeProtection(Snapshot plan) =>
            plan.Single("Microsoft.KeyVault/vaults").At("properties").TryGetProperty("enablePurgeProtection", out var on)
            && on.ValueKind != JsonValueKind.Null && (on.GetBoolean() ? true : throw new InvalidOperationException("false"));
    }
}
