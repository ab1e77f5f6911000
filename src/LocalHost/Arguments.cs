using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LocalHost;

/// <summary>Options with their own error messages: those of the parser name a .NET type.</summary>
internal static class Arguments
{
    public static Option<int> Port() => new("--port")
    {
        Description = "Port to listen on.",
        DefaultValueFactory = _ => 7071,
        CustomParser = result => Number(result, number => number is >= 1 and <= 65_535, "--port must be a number from 1 to 65535.") ?? 0,
    };

    public static Option<int?> Events() => new("--demo")
    {
        Description = "Run the demo: emit this many events on a fast clock, let the receiver fail at times, and print the balance as JSON.",
        CustomParser = result => Number(result, number => number is >= 1 and <= 100_000, "--demo must be a number of events from 1 to 100000."),
    };

    private static int? Number(ArgumentResult result, Func<int, bool> canBe, string sentence)
    {
        var text = result.Tokens is [var token] ? token.Value : null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && canBe(number)) return number;

        result.AddError(sentence);
        return null;
    }
}
