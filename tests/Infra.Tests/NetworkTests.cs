using Infra.Tests.Support;

namespace Infra.Tests;

public sealed class NetworkTests
{
    private static readonly string[] Closed = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.ServiceBus/namespaces"];

    [Fact]
    public async Task Default_WithoutTheSwitch_HasNoNetwork()
    {
        var plan = await Snapshot.DefaultAsync();

        Assert.DoesNotContain(plan.Resources, resource => resource.Text("type").StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.All(Closed, type => Assert.Equal("Enabled", plan.Single(type).Text("properties.publicNetworkAccess")));
    }

    [Fact]
    public async Task PrivateNetwork_StorageVaultAndBus_AreReachedThroughEndpointsOnly()
    {
        var plan = await Snapshot.FullAsync();

        Assert.All(Closed, type => Assert.Equal("Disabled", plan.Single(type).Text("properties.publicNetworkAccess")));
        var reached = plan.OfType("Microsoft.Network/privateEndpoints").SelectMany(endpoint => endpoint.At("properties.privateLinkServiceConnections").EnumerateArray())
            .Select(connection => (connection.Text("properties.privateLinkServiceId").Split('/')[^2], connection.At("properties.groupIds").EnumerateArray().Single().GetString()!));
        Assert.Equal([("namespaces", "namespace"), ("storageAccounts", "blob"), ("storageAccounts", "table"), ("vaults", "vault")], reached.Order());
        Assert.Equal(4, plan.OfType("Microsoft.Network/privateDnsZones").Count);
        Assert.Equal(4, plan.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count);
        Assert.Equal(4, plan.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count);
    }

    [Fact]
    public async Task PrivateNetwork_TheApp_StaysPublicAndGoesOutThroughAnAddressOfItsOwn()
    {
        var plan = await Snapshot.FullAsync();
        var app = plan.Single("Microsoft.Web/sites");
        var subnet = plan.Single("Microsoft.Network/virtualNetworks").At("properties.subnets").EnumerateArray().Single(each => each.Text("name") == "app");

        Assert.Equal("Enabled", app.Text("properties.publicNetworkAccess"));
        Assert.EndsWith("/subnets/app", app.Text("properties.virtualNetworkSubnetId"), StringComparison.Ordinal);
        Assert.Equal("Microsoft.App/environments", subnet.At("properties.delegations").EnumerateArray().Single().Text("properties.serviceName"));
        Assert.Equal(plan.Single("Microsoft.Network/natGateways").Text("id"), subnet.Text("properties.natGateway.id"));
        Assert.Equal("10.20.0.0/25", subnet.Text("properties.addressPrefix"));
    }

    [Fact]
    public async Task AllowList_WhenGiven_FencesTheAppAndNotPublishing()
    {
        var open = (await Snapshot.DefaultAsync()).Single("Microsoft.Web/sites").At("properties.siteConfig");
        var fenced = (await Snapshot.FullAsync()).Single("Microsoft.Web/sites").At("properties.siteConfig");

        Assert.Equal(("Allow", 0), (open.Text("ipSecurityRestrictionsDefaultAction"), open.At("ipSecurityRestrictions").GetArrayLength()));
        Assert.Equal("Deny", fenced.Text("ipSecurityRestrictionsDefaultAction"));
        Assert.Equal(["203.0.113.0/24", "198.51.100.7/32"], fenced.At("ipSecurityRestrictions").EnumerateArray().Select(rule => rule.Text("ipAddress")));
        Assert.Equal(("Allow", "False"), (fenced.Text("scmIpSecurityRestrictionsDefaultAction"), fenced.Text("scmIpSecurityRestrictionsUseMain")));
    }
}
