using ServiceBusSimulator.Entities;

namespace ServiceBusSimulator.Tests;

public sealed class EntityConfigTests
{
    [Fact]
    public void Load_FileOfTheRepository_HasTheTopicAndItsSubscriptions()
    {
        var topic = Assert.Single(EntityConfig.Load(Path.Combine(Repository.Root, "infra/local/servicebus-config.json")).Topics);

        Assert.Equal("jira-deliveries", topic.Name);
        Assert.Equal(TimeSpan.FromMinutes(5), topic.DuplicateWindow);
        Assert.Equal(["default", "issue-created", "by-issue"], topic.Subscriptions.Select(subscription => subscription.Name));
        Assert.True(topic.Subscriptions[2].RequiresSession);
        Assert.Equal(10, topic.Subscriptions[0].MaxDeliveryCount);
    }

    [Theory]
    [InlineData("nonsense", "format of the Service Bus emulator")]
    [InlineData("{}", "format of the Service Bus emulator")]
    [InlineData("""{"UserConfig":{"Namespaces":[{}]}}""", "no topic and no queue")]
    [InlineData("""{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"q","Properties":{"LockDuration":"60"}}]}]}}""", "LockDuration is not a duration")]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Topics":[{"Name":"t","Subscriptions":[{"Name":"s","Rules":[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"a > 1"}}}]}]}]}]}}""",
        "Rule t/s/r: > at position 3")]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Topics":[{"Name":"t","Subscriptions":[{"Name":"s","Rules":[{"Name":"r","Properties":{"FilterType":"Correlation"}}]}]}]}]}}""",
        "Rule t/s/r: only filters of type Sql")]
    public void Parse_Invalid_SaysWhere(string json, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => EntityConfig.Parse(json)).Message, StringComparison.Ordinal);
}
