using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using Infra.Tests.Support;
using ServiceBusSimulator.Filters;

namespace Infra.Tests;

public sealed partial class ServiceBusTests
{
    [Fact]
    [Trait("Decision", "one-message-id")]
    public async Task Topic_Always_ComparesMessageIdsForFourDaysWithoutPartitions()
    {
        var topic = (await Snapshot.DefaultAsync()).Single("Microsoft.ServiceBus/namespaces/topics");

        Assert.Equal("True", topic.Text("properties.requiresDuplicateDetection"));
        Assert.Equal("P4D", topic.Text("properties.duplicateDetectionHistoryTimeWindow"));
        Assert.Equal("False", topic.Text("properties.enablePartitioning"));
        Assert.Equal("P14D", topic.Text("properties.defaultMessageTimeToLive"));
        Assert.Equal("5120", topic.Text("properties.maxSizeInMegabytes"));
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Tier_ByDefault_IsStandardWithItsThreshold()
    {
        var plan = await Snapshot.DefaultAsync();

        Assert.Equal("Standard", plan.Single("Microsoft.ServiceBus/namespaces").Text("sku.name"));
        Assert.Equal("Enabled", plan.Single("Microsoft.ServiceBus/namespaces").Text("properties.publicNetworkAccess"));
        Assert.Equal($"{192 * 1024}", plan.AppSettings()["ClaimCheckThreshold"]);
        Assert.Equal("", Optional(plan, "maxMessageSizeInKilobytes"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "claim-check")]
    public async Task Tier_InAPrivateNetworkOrByChoice_IsPremiumWithItsMessageSizeAndThreshold(bool privateNetwork)
    {
        var plan = privateNetwork ? await Snapshot.FullAsync() : await Snapshot.PremiumAsync();
        var bus = plan.Single("Microsoft.ServiceBus/namespaces");

        Assert.Equal("Premium", bus.Text("sku.name"));
        Assert.Equal("Premium", bus.Text("sku.tier"));
        Assert.Equal("1", bus.Text("sku.capacity"));
        Assert.Equal("1", bus.Text("properties.premiumMessagingPartitions"));
        Assert.Equal($"{900 * 1024}", plan.AppSettings()["ClaimCheckThreshold"]);
        Assert.Equal("1024", Optional(plan, "maxMessageSizeInKilobytes"));
    }

    /// <summary>One partition goes with every number of units, and it cannot be changed later.</summary>
    [Fact]
    public async Task Units_OfPremium_AreTheGivenNumber()
    {
        var bus = (await Snapshot.OfAsync("serviceBusSku = 'Premium'", "serviceBusUnits = 2")).Single("Microsoft.ServiceBus/namespaces");

        Assert.Equal("2", bus.Text("sku.capacity"));
        Assert.Equal("1", bus.Text("properties.premiumMessagingPartitions"));
    }

    [Fact]
    public async Task Units_ByDecorator_AreThoseThatGoWithOnePartition()
    {
        var units = (await Template.CompiledAsync()).At("parameters.serviceBusUnits");

        Assert.Equal([1, 2, 4, 8, 16], units.At("allowedValues").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal(1, units.At("defaultValue").GetInt32());
        Assert.NotEqual("", await Snapshot.DiagnosticsAsync("serviceBusUnits = 3"));
    }

    [Fact]
    public async Task Units_OfStandard_AreNotSent()
    {
        var sku = (await Snapshot.OfAsync("serviceBusUnits = 2")).Single("Microsoft.ServiceBus/namespaces").At("sku");

        Assert.True(!sku.TryGetProperty("capacity", out var capacity) || capacity.ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Subscriptions_ByDefault_IsOneThatTakesAll_AndDropsWhatNoSubscriberReads()
    {
        var plan = await Snapshot.DefaultAsync();
        var subscription = plan.Single("Microsoft.ServiceBus/namespaces/topics/subscriptions");

        Assert.EndsWith("/default", subscription.Text("name"), StringComparison.Ordinal);
        Assert.Equal("False", subscription.Text("properties.deadLetteringOnMessageExpiration"));
        Assert.Equal("False", subscription.Text("properties.requiresSession"));
        Assert.Equal("jira_to IS NULL OR jira_to = 'default'", plan.Single("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules").Text("properties.sqlFilter.sqlExpression"));
        Assert.Equal("default", plan.AppSettings()["ServiceBus__Subscriptions"]);
    }

    /// <summary>A filter that fails on a message must show in the dead-letter queue, or the message is gone for that subscriber.</summary>
    [Fact]
    public async Task Subscriptions_All_KeepWhatTheirFilterOrReaderFailsOn()
    {
        var plan = await Snapshot.FullAsync();
        var topic = plan.Single("Microsoft.ServiceBus/namespaces/topics");

        Assert.All(plan.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions"), each =>
        {
            Assert.StartsWith(topic.Text("name") + "/", each.Text("name"), StringComparison.Ordinal);
            Assert.Equal("True", each.Text("properties.deadLetteringOnFilterEvaluationExceptions"));
            Assert.Equal(topic.Text("properties.defaultMessageTimeToLive"), each.Text("properties.defaultMessageTimeToLive"));
            Assert.Equal("PT1M", each.Text("properties.lockDuration"));
            Assert.Equal("10", each.Text("properties.maxDeliveryCount"));
        });
    }

    [Fact]
    public async Task Subscriptions_BySwitch_AddAFilterAndSessionsUnderNamesOfTheirOwn()
    {
        var plan = await Snapshot.FullAsync();
        var subscriptions = plan.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions");

        Assert.Equal(
            [("by-issue", "True"), ("default", "False"), ("issue-created", "False")],
            subscriptions.Select(each => (each.Text("name").Split('/')[^1], each.Text("properties.requiresSession"))).Order());
        Assert.All(subscriptions, each => Assert.Equal("True", each.Text("properties.deadLetteringOnMessageExpiration")));
    }

    /// <summary>A second rule would add to the one that takes everything, not narrow it.</summary>
    [Fact]
    public async Task Filter_Always_ReplacesTheDefaultRule_AndReadsOnlyPropertiesTheCodeWrites()
    {
        var rules = (await Snapshot.FullAsync()).OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules");
        var written = PropertyConstant().Matches(Repository.Read("src/JiraWebhooks.Subscriber/EventProperties.cs")).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(3, rules.Count);
        Assert.All(rules, rule =>
        {
            var (name, filter) = (rule.Text("name").Split('/')[^2], rule.Text("properties.sqlFilter.sqlExpression"));
            Assert.EndsWith("/$Default", rule.Text("name"), StringComparison.Ordinal);
            Assert.Contains(filter.Split(' ')[0].TrimStart('('), written);

            // A message that was sent again is for one subscription, and rules add up.
            Assert.Contains($"jira_to IS NULL OR jira_to = '{name}'", filter, StringComparison.Ordinal);
            Assert.True(SqlFilter.Parse(filter).Matches(property => property == "cloudEvents_type" ? "jira:issue_created" : null));
            Assert.False(SqlFilter.Parse(filter).Matches(property => property == "jira_to" ? "another" : "jira:issue_created"));
        });
    }

    [Fact]
    public async Task ClaimCheckedBodies_Always_OutliveTheMessageByThirtyDays()
    {
        var plan = await Snapshot.DefaultAsync();
        var rule = Assert.Single(plan.Single("Microsoft.Storage/storageAccounts/managementPolicies").At("properties.policy.rules").EnumerateArray());
        var message = XmlConvert.ToTimeSpan(plan.Single("Microsoft.ServiceBus/namespaces/topics").Text("properties.defaultMessageTimeToLive"));

        Assert.True(rule.At("definition.actions.baseBlob.delete.daysAfterModificationGreaterThan").GetInt32() > message.TotalDays + 30);
        Assert.Equal([$"{plan.AppSettings()["ClaimCheckContainer"]}/"], rule.At("definition.filters.prefixMatch").Strings());
    }

    private static string Optional(Snapshot plan, string property) =>
        plan.Single("Microsoft.ServiceBus/namespaces/topics").At("properties").TryGetProperty(property, out var value) ? value.ToString() : "";

    [GeneratedRegex("public const string \\w+ = \"(\\w+)\";")]
    private static partial Regex PropertyConstant();
}
