using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FunctionsApp.Tests;

public sealed class TelemetrySettingsTests
{
    private const string Key = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

    public static TheoryData<string> RefusedBySdk =>
    [
        "hunter2", "InstrumentationKey", "InstrumentationKey=", "=hunter2", ";" + Key, Key + ";;IngestionEndpoint=https://example.com", Key + ";" + Key,
        "IngestionEndpoint=https://hunter2.example.com/", Key + ";IngestionEndpoint=hunter2", Key + ";LiveEndpoint=hunter2", Key + ";EndpointSuffix=hunter2:x",
        Key + ";EndpointSuffix=example.com;Location=hunter2!", Key + ";Padding=" + new string('x', 5000), "@Microsoft.KeyVault(SecretUri=https://hunter2)",
    ];

    public static TheoryData<string> Good =>
    [
        Key, Key + ";", $"{Key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=x",
        $"{Key};EndpointSuffix=applicationinsights.azure.cn;Location=chinaeast2",
    ];

    /// <summary>What the exporter would throw for, with the value in its message, the settings' check finds before.</summary>
    [Theory]
    [MemberData(nameof(RefusedBySdk))]
    public void AddFunctions_ConnectionStringThatTheSdkRefuses_IsASettingsError(string text)
    {
        Assert.Throws<InvalidOperationException>(() => new AzureMonitorTraceExporter(new() { ConnectionString = text, DisableOfflineStorage = true }));

        AssertRefused("APPLICATIONINSIGHTS_CONNECTION_STRING", text);
    }

    /// <summary>The exporter takes them, and nothing would ever arrive.</summary>
    [Theory]
    [InlineData("InstrumentationKey=hunter2")]
    [InlineData(Key + ";IngestionEndpoint=ftp://hunter2.example.com")]
    public void AddFunctions_ConnectionStringToNowhere_IsASettingsError(string text) => AssertRefused("APPLICATIONINSIGHTS_CONNECTION_STRING", text);

    [Theory]
    [InlineData("hunter2")]
    [InlineData("hunter2:4317")]
    [InlineData("/hunter2")]
    [InlineData("ftp://hunter2.example.com")]
    public void AddFunctions_CollectorWithoutAnAddress_IsASettingsError(string text) => AssertRefused("OTEL_EXPORTER_OTLP_ENDPOINT", text);

    [Theory]
    [InlineData("hunter2")]
    [InlineData("ClientId=hunter2")]
    [InlineData("ClientId=;Authorization=AAD")]
    [InlineData("Authorization=hunter2")]
    public void AddFunctions_AuthenticationOfAnotherForm_IsASettingsError(string text) => AssertRefused("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", text);

    [Theory]
    [MemberData(nameof(Good))]
    public void Errors_ConnectionStringOfAzure_AreNone(string text) =>
        Assert.Empty(TelemetrySettings.Errors(Settings(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", text), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"))));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void AddFunctions_EmptySettings_AreNone(string text)
    {
        using var app = TestApp.Build(
            ("Publisher", "StorageQueue"), ("APPLICATIONINSIGHTS_CONNECTION_STRING", text), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", text), ("OTEL_EXPORTER_OTLP_ENDPOINT", text));

        Assert.NotNull(app);
    }

    [Fact]
    public void Identity_OfTheAuthentication_IsTheOneNamedOrThatOfTheMachine()
    {
        const string Id = "11111111-2222-3333-4444-555555555555";

        Assert.Equal(ManagedIdentityId.FromUserAssignedClientId(Id).ToString(), Identity($"ClientId={Id};Authorization=AAD"));
        Assert.Equal(ManagedIdentityId.FromUserAssignedClientId(Id).ToString(), Identity($" Authorization=AAD; clientId = {Id} "));
        Assert.Equal(ManagedIdentityId.SystemAssigned.ToString(), Identity("Authorization=AAD"));
        Assert.Null(Identity(""));
    }

    private static string? Identity(string text) => TelemetrySettings.Identity(Settings(("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", text)))?.ToString();

    private static void AssertRefused(string name, string text)
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestApp.Build(("Publisher", "StorageQueue"), (name, text)));

        Assert.StartsWith($"{name} ", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build();
}
