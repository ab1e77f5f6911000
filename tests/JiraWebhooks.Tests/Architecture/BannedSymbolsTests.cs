using System.Reflection;

namespace JiraWebhooks.Tests.Architecture;

/// <summary>The analyzer ignores a symbol that it does not find, so a typing error in a list would ban nothing.</summary>
public sealed class BannedSymbolsTests
{
    private static readonly HashSet<string> Known =
        [.. new[] { typeof(object), typeof(System.Timers.ElapsedEventArgs) }.SelectMany(type => type.Assembly.GetExportedTypes()).SelectMany(Symbols)];

    [Theory]
    [InlineData("BannedSymbols.txt")]
    [InlineData("src/JiraWebhooks/BannedSymbols.txt")]
    public void List_EverySymbol_ExistsAndNamesTheAlternative(string list)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, list)).Where(line => !line.StartsWith("//", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(line.Split(';')[0], Known));
        Assert.All(lines, line => Assert.NotEmpty(line.Split(';')[1]));
    }

    [Fact]
    public void Symbols_OfACommonType_AreWrittenAsTheAnalyzerReadsThem() => Assert.Superset(
        new HashSet<string> { "T:System.Threading.PeriodicTimer", "M:System.Threading.PeriodicTimer.#ctor(System.TimeSpan)", "P:System.Threading.PeriodicTimer.Period" },
        Known);

    private static IEnumerable<string> Symbols(Type type) =>
    [
        $"T:{type.FullName}",
        .. type.GetProperties().Select(property => $"P:{type.FullName}.{property.Name}"),
        .. type.GetMethods().Select(method => $"M:{type.FullName}.{method.Name}{Parameters(method)}"),
        .. type.GetConstructors().Select(constructor => $"M:{type.FullName}.#ctor{Parameters(constructor)}"),
    ];

    private static string Parameters(MethodBase method) =>
        method.GetParameters() is { Length: > 0 } parameters ? $"({string.Join(',', parameters.Select(parameter => parameter.ParameterType))})" : "";
}
