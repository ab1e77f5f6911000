using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>No key, no connection string and no secret, in the template, its outputs or the settings.</summary>
public sealed partial class SecretTests
{
    [Fact]
    public async Task CompiledTemplate_Anywhere_CallsNoFunctionThatReadsKeys()
    {
        var template = await Template.CompiledAsync();

        Assert.DoesNotContain(template.Strings(), text => KeyFunction().IsMatch(text));
        Assert.Contains(template.Strings(), text => text.Contains("reference(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outputs_OfEveryDeployment_HoldNoCredential()
    {
        var outputs = Outputs(await Template.CompiledAsync()).ToList();

        Assert.Contains(outputs, output => output.Name == "FUNCTION_APP_NAME");
        Assert.DoesNotContain(outputs, output => Credential().IsMatch(output.Name) || output.Value.Strings().Any(text => Credential().IsMatch(text)));
        Assert.DoesNotContain(outputs, output => output.Value.Text("type").StartsWith("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task ApiVersions_OfEveryResource_AreStable_ButDiagnosticSettingsThatHaveNone()
    {
        var preview = (await Template.CompiledAsync()).Strings().Where(text => text.EndsWith("-preview", StringComparison.Ordinal)).Distinct();
        var settings = await Snapshot.FullAsync();

        Assert.Equal(["2021-05-01-preview"], preview);
        Assert.Equal(
            ["Microsoft.Insights/diagnosticSettings"],
            settings.Resources.Where(resource => resource.Text("apiVersion").EndsWith("-preview", StringComparison.Ordinal))
                .Select(resource => resource.Text("type")).Distinct());
    }

    private static IEnumerable<JsonProperty> Outputs(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "outputs" && property.Value.ValueKind == JsonValueKind.Object
                ? property.Value.EnumerateObject().Concat(Outputs(property.Value))
                : Outputs(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Outputs),
        _ => [],
    };

    [GeneratedRegex(@"\blist[A-Z]\w*\(", RegexOptions.IgnoreCase)]
    private static partial Regex KeyFunction();

    [GeneratedRegex("connectionString|instrumentationKey|accountKey|sharedAccess|password", RegexOptions.IgnoreCase)]
    private static partial Regex Credential();
}
