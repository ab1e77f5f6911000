using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Tests.Support;

/// <summary>Finishes what a snapshot leaves open because only a cloud knows its own suffixes, with those of the public one: addresses and
/// names of private zones then stand there as they would be deployed, and a misspelt one can be seen.</summary>
internal static partial class PublicCloud
{
    public static string Resolve(string snapshot)
    {
        var text = snapshot
            .Replace("environment().suffixes.storage", "'core.windows.net'", StringComparison.Ordinal)
            .Replace("environment().suffixes.keyvaultDns", "'.vault.azure.net'", StringComparison.Ordinal);
        for (var before = ""; before != text;)
        {
            before = text;
            text = Format().Replace(text, Formatted);
        }

        return Whole().Replace(ResourceId().Replace(text, "'/subscriptions/$1/resourceGroups/$2/providers/$3/$4'"), "\"$1\"");
    }

    private static string Formatted(Match call) =>
        $"'{string.Format(CultureInfo.InvariantCulture, call.Groups[1].Value, [.. call.Groups[2].Captures.Select(argument => argument.Value)])}'";

    [GeneratedRegex(@"\bformat\('([^']*)'(?:, '([^']*)')+\)")]
    private static partial Regex Format();

    [GeneratedRegex(@"\bresourceId\('([^']+)', '([^']+)', '([^'/]+/[^'/]+)', '([^']+)'\)")]
    private static partial Regex ResourceId();

    [GeneratedRegex(@"""\['([^']*)'\]""")]
    private static partial Regex Whole();
}
