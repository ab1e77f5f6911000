using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace FunctionsApp;

/// <summary>Checks the telemetry settings before telemetry is built. With an invalid value, the exporter of Application Insights throws with the
/// value in its message, and the OTLP exporter sends to this machine instead.</summary>
internal static class TelemetrySettings
{
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    public const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    public const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const int LongestConnectionString = 4096;

    private static readonly string[] Endpoints = ["IngestionEndpoint", "LiveEndpoint"];

    /// <summary>Returns the value of a setting; null if it is not set.</summary>
    public static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public static IEnumerable<string> Errors(IConfiguration configuration)
    {
        if (Text(configuration, ApplicationInsights) is { } connection && !IsConnectionString(connection))
        {
            yield return $"{ApplicationInsights} is not a connection string: copy it from the Application Insights component (InstrumentationKey=...;IngestionEndpoint=https://...), or remove it.";
        }

        if (Text(configuration, Authentication) is { } authentication && !IsByIdentity(Pairs(authentication)))
        {
            yield return $"{Authentication} must be ClientId=...;Authorization=AAD, or Authorization=AAD for the identity of the machine.";
        }

        if (Text(configuration, Otlp) is { } endpoint && !IsAddress(endpoint, Uri.UriSchemeHttps, Uri.UriSchemeHttp))
        {
            yield return $"{Otlp} must be the absolute http or https address of a collector.";
        }
    }

    /// <summary>Returns the identity that sends the telemetry; null if no identity is configured.</summary>
    public static ManagedIdentityId? Identity(IConfiguration configuration)
    {
        if (Text(configuration, Authentication) is not { } text || Pairs(text) is not { } values) return null;

        return values.TryGetValue("ClientId", out var clientId) ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned;
    }

    private static bool IsByIdentity(Dictionary<string, string>? values) => string.Equals(values?.GetValueOrDefault("Authorization"), "AAD", StringComparison.OrdinalIgnoreCase);

    // https://learn.microsoft.com/azure/azure-monitor/app/connection-strings#schema
    private static bool IsConnectionString(string text)
    {
        if (text.Length > LongestConnectionString || Pairs(text) is not { } values) return false;

        return Guid.TryParse(values.GetValueOrDefault("InstrumentationKey"), out _)
            && Endpoints.All(name => !values.TryGetValue(name, out var address) || IsAddress(address, Uri.UriSchemeHttps))
            && values.GetValueOrDefault("Location", "").All(char.IsLetterOrDigit)
            && IsAddress($"https://dc.{values.GetValueOrDefault("EndpointSuffix", "services.visualstudio.com").TrimStart('.')}", Uri.UriSchemeHttps);
    }

    private static Dictionary<string, string>? Pairs(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (text.EndsWith(';') ? text[..^1] : text).Split(';'))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair is not [{ Length: > 0 } name, { Length: > 0 } value] || !values.TryAdd(name, value)) return null;
        }

        return values;
    }

    private static bool IsAddress(string text, params ReadOnlySpan<string> schemes) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme);
}
