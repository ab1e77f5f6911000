using System.Text.Json;
using System.Xml;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The emulator's topic is Azure's, as far as the emulator goes. Its limits:
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/overview-emulator#usage-quotas"/> and the schema beside it.</summary>
public sealed class EmulatorTests
{
    private static readonly TimeSpan MostTimeToLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan MostHistory = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostLock = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Topic_OfTheEmulator_IsThatOfBicepWithinTheEmulatorsLimits()
    {
        var azure = (await Snapshot.FullAsync()).Single("Microsoft.ServiceBus/namespaces/topics");
        var local = Topic();

        Assert.Equal(azure.Text("name").Split('/')[^1], local.Text("Name"));
        Assert.Equal(azure.Text("properties.requiresDuplicateDetection"), local.Text("Properties.RequiresDuplicateDetection"));
        Assert.Equal(Clamped(azure, "properties.duplicateDetectionHistoryTimeWindow", MostHistory), Span(local, "Properties.DuplicateDetectionHistoryTimeWindow"));
        Assert.Equal(Clamped(azure, "properties.defaultMessageTimeToLive", MostTimeToLive), Span(local, "Properties.DefaultMessageTimeToLive"));
    }

    [Fact]
    public async Task Subscriptions_OfTheEmulator_AreThoseOfBicepWithinTheEmulatorsLimits()
    {
        var azure = (await Snapshot.FullAsync()).OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions")
            .ToDictionary(each => each.Text("name").Split('/')[^1], each => each);
        var local = Topic().At("Subscriptions").EnumerateArray().ToDictionary(each => each.Text("Name"), each => each);

        Assert.Equal(azure.Keys.Order(), local.Keys.Order());
        Assert.All(azure, pair =>
        {
            var mine = local[pair.Key];
            Assert.Equal(pair.Value.Text("properties.requiresSession"), mine.Text("Properties.RequiresSession"));
            Assert.Equal(Math.Clamp(pair.Value.At("properties.maxDeliveryCount").GetInt32(), 1, 10), mine.At("Properties.MaxDeliveryCount").GetInt32());
            Assert.Equal(Clamped(pair.Value, "properties.lockDuration", MostLock), Span(mine, "Properties.LockDuration"));
            Assert.Equal(Clamped(pair.Value, "properties.defaultMessageTimeToLive", MostTimeToLive), Span(mine, "Properties.DefaultMessageTimeToLive"));
        });
    }

    [Fact]
    public async Task Filters_OfTheEmulator_AreThoseOfBicep()
    {
        var azure = (await Snapshot.FullAsync()).OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules")
            .Select(rule => (rule.Text("name").Split('/')[^2], rule.Text("properties.sqlFilter.sqlExpression")));
        var local = Topic().At("Subscriptions").EnumerateArray().Where(each => each.TryGetProperty("Rules", out _))
            .SelectMany(each => each.At("Rules").EnumerateArray().Select(rule => (each.Text("Name"), rule.Text("Properties.SqlFilter.SqlExpression"))));

        Assert.Equal(azure, local);
    }

    [Fact]
    public void Compose_Always_KeepsToThisMachineAndKeepsNoPassword()
    {
        var compose = Repository.Read("infra/local/compose.yaml");

        Assert.Contains("./servicebus-config.json:", compose, StringComparison.Ordinal);
        Assert.All(compose.Split('\n').Where(line => line.TrimStart().StartsWith("- \"", StringComparison.Ordinal)), port =>
            Assert.Contains("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.All(compose.Split('\n').Where(line => line.TrimStart().StartsWith("MSSQL_SA_PASSWORD:", StringComparison.Ordinal)), line =>
            Assert.Contains("${MSSQL_SA_PASSWORD:?", line, StringComparison.Ordinal));
    }

    private static JsonElement Topic()
    {
        using var json = JsonDocument.Parse(Repository.Read("infra/local/servicebus-config.json"));
        var space = Assert.Single(json.RootElement.Clone().At("UserConfig.Namespaces").EnumerateArray());
        Assert.Equal("sbemulatorns", space.Text("Name"));
        return Assert.Single(space.At("Topics").EnumerateArray());
    }

    private static TimeSpan Span(JsonElement element, string path) => XmlConvert.ToTimeSpan(element.Text(path));

    private static TimeSpan Clamped(JsonElement element, string path, TimeSpan most) => Span(element, path) is var span && span > most ? most : span;
}
