using System.Text.Json;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed class NetworkTests
{
    private static readonly string[] Closed = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.ServiceBus/namespaces"];

    // Service Bus has no such rules here: its public access alone decides.
    private static readonly string[] Fenced = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithoutTheSwitch_WhateverTheTier_NothingIsClosedAndThereIsNoNetwork(bool premium)
    {
        var plan = premium ? await Snapshot.PremiumAsync() : await Snapshot.DefaultAsync();

        Assert.DoesNotContain(plan.Resources, resource => resource.Text("type").StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.All(Closed, type => Assert.Equal("Enabled", plan.Single(type).Text("properties.publicNetworkAccess")));
        Assert.All(Fenced, type => Assert.Equal("Allow", plan.Single(type).Text("properties.networkAcls.defaultAction")));
        Assert.False(plan.Single("Microsoft.Web/sites").At("properties").TryGetProperty("virtualNetworkSubnetId", out var subnet) && subnet.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task PrivateNetwork_StorageVaultAndBus_AreReachedThroughEndpointsOnly()
    {
        var plan = await Snapshot.FullAsync();

        Assert.All(Closed, type => Assert.Equal("Disabled", plan.Single(type).Text("properties.publicNetworkAccess")));
        Assert.All(Fenced, type => Assert.Equal("Deny", plan.Single(type).Text("properties.networkAcls.defaultAction")));
        var reached = plan.OfType("Microsoft.Network/privateEndpoints").SelectMany(endpoint => endpoint.At("properties.privateLinkServiceConnections").EnumerateArray())
            .Select(connection => (connection.Text("properties.privateLinkServiceId").Split('/')[^2], connection.At("properties.groupIds").EnumerateArray().Single().GetString()!));
        Assert.Equal([("namespaces", "namespace"), ("storageAccounts", "blob"), ("storageAccounts", "table"), ("vaults", "vault")], reached.Order());
    }

    /// <summary>The firewall may block the rule that deletes old bodies, unless trusted Microsoft services are an exception
    /// (<see href="https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-configure"/>). The vault needs none.</summary>
    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "AzureServices")]
    [InlineData("Microsoft.KeyVault/vaults", "None")]
    public async Task PrivateNetwork_TrustedMicrosoftServices_ReachStorageAlone(string type, string bypass)
    {
        var plan = await Snapshot.FullAsync();

        Assert.Equal(bypass, plan.Single(type).Text("properties.networkAcls.bypass"));
        Assert.Equal("True", plan.Single("Microsoft.Storage/storageAccounts/managementPolicies").At("properties.policy.rules")[0].Text("enabled"));
    }

    /// <summary>A zone under another name is deployed without a word, and the service's own name goes on leading to the closed door. The names:
    /// <see href="https://learn.microsoft.com/azure/private-link/private-endpoint-dns"/>.</summary>
    [Theory]
    [InlineData("blob", "privatelink.blob.core.windows.net")]
    [InlineData("table", "privatelink.table.core.windows.net")]
    [InlineData("vault", "privatelink.vaultcore.azure.net")]
    [InlineData("namespace", "privatelink.servicebus.windows.net")]
    public async Task PrivateEndpoint_OfEachService_IsInItsZoneAndTheNetworkAsksThere(string part, string zone)
    {
        var plan = await Snapshot.FullAsync();
        var network = plan.Single("Microsoft.Network/virtualNetworks").Text("id");
        var endpoint = Assert.Single(plan.OfType("Microsoft.Network/privateEndpoints"), each => each.Text("name").EndsWith($"-{part}", StringComparison.Ordinal));
        var zones = plan.Named("Microsoft.Network/privateEndpoints/privateDnsZoneGroups", $"{endpoint.Text("name")}/default").At("properties.privateDnsZoneConfigs");
        var link = plan.Named("Microsoft.Network/privateDnsZones/virtualNetworkLinks", $"{zone}/{network.Split('/')[^1]}");

        Assert.Equal(plan.Named("Microsoft.Network/privateDnsZones", zone).Text("id"), Assert.Single(zones.EnumerateArray()).Text("properties.privateDnsZoneId"));
        Assert.Equal([part], Assert.Single(endpoint.At("properties.privateLinkServiceConnections").EnumerateArray()).At("properties.groupIds").Strings());
        Assert.Equal($"{network}/subnets/endpoints", endpoint.Text("properties.subnet.id"));
        Assert.Equal(network, link.Text("properties.virtualNetwork.id"));
        Assert.Equal("False", link.Text("properties.registrationEnabled"));
        Assert.Equal(4, plan.OfType("Microsoft.Network/privateDnsZones").Count);
    }

    [Fact]
    public async Task PrivateNetwork_TheApp_StaysPublicAndGoesOutThroughAnAddressOfItsOwn()
    {
        var plan = await Snapshot.FullAsync();
        var app = plan.Single("Microsoft.Web/sites");
        var subnet = Subnet(plan, "app");

        Assert.Equal("Enabled", app.Text("properties.publicNetworkAccess"));
        Assert.EndsWith("/subnets/app", app.Text("properties.virtualNetworkSubnetId"), StringComparison.Ordinal);
        Assert.Equal("Microsoft.App/environments", subnet.At("properties.delegations").EnumerateArray().Single().Text("properties.serviceName"));
        Assert.Equal(plan.Single("Microsoft.Network/natGateways").Text("id"), subnet.Text("properties.natGateway.id"));
        Assert.Equal("10.20.0.0/25", subnet.Text("properties.addressPrefix"));
    }

    /// <summary>A network that is deployed with a list of subnets loses those that are not in it. Without the list it keeps them
    /// (<see href="https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-virtual-networks"/>).</summary>
    [Fact]
    public async Task PrivateNetwork_SubnetsThatOthersAdded_AreKept()
    {
        var plan = await Snapshot.FullAsync();

        Assert.False(plan.Single("Microsoft.Network/virtualNetworks").At("properties").TryGetProperty("subnets", out _));
        Assert.Equal(2, plan.OfType("Microsoft.Network/virtualNetworks/subnets").Count);
        Assert.Equal("10.20.0.128/25", Subnet(plan, "endpoints").Text("properties.addressPrefix"));
        Assert.All(plan.OfType("Microsoft.Network/virtualNetworks/subnets"), subnet => Assert.Equal("False", subnet.Text("properties.defaultOutboundAccess")));
    }

    /// <summary>A network takes one change at a time, so its subnets are not deployed at once.</summary>
    [Fact]
    public async Task PrivateNetwork_Subnets_AreDeployedOneAfterTheOther()
    {
        var network = (await Template.CompiledAsync()).At("resources.network.properties.template.resources");

        Assert.Equal(["network", "network::app"], network.At("network::endpoints.dependsOn").Strings().Order());
    }

    /// <summary>The ids that the app and the endpoints use.</summary>
    [Fact]
    public async Task PrivateNetwork_IdsOfSubnets_AreThoseOfTheNetwork()
    {
        var plan = await Snapshot.FullAsync();

        Assert.Equal(Subnet(plan, "app").Text("id"), plan.Single("Microsoft.Web/sites").Text("properties.virtualNetworkSubnetId"));
        Assert.All(plan.OfType("Microsoft.Network/privateEndpoints"), endpoint => Assert.Equal(Subnet(plan, "endpoints").Text("id"), endpoint.Text("properties.subnet.id")));
    }

    [Fact]
    public async Task AllowList_WhenGiven_FencesTheAppAndNotPublishing()
    {
        var open = (await Snapshot.DefaultAsync()).Single("Microsoft.Web/sites").At("properties.siteConfig");
        var fenced = (await Snapshot.FullAsync()).Single("Microsoft.Web/sites").At("properties.siteConfig");

        Assert.Equal("Allow", open.Text("ipSecurityRestrictionsDefaultAction"));
        Assert.Equal(0, open.At("ipSecurityRestrictions").GetArrayLength());
        Assert.Equal("Deny", fenced.Text("ipSecurityRestrictionsDefaultAction"));
        var rules = fenced.At("ipSecurityRestrictions").EnumerateArray().ToList();
        Assert.Equal(["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32", "192.0.2.44/32", "ApplicationInsightsAvailability"], rules.Select(rule => rule.Text("ipAddress")));
        Assert.Equal("ServiceTag", rules[^1].Text("tag"));
        Assert.Equal(rules.Count, rules.Select(rule => rule.At("priority").GetInt32()).Distinct().Count());
        Assert.Equal("Allow", fenced.Text("scmIpSecurityRestrictionsDefaultAction"));
        Assert.Equal("False", fenced.Text("scmIpSecurityRestrictionsUseMain"));
    }

    private static JsonElement Subnet(Snapshot plan, string name) =>
        plan.Named("Microsoft.Network/virtualNetworks/subnets", $"{plan.Single("Microsoft.Network/virtualNetworks").Text("name")}/{name}");
}
