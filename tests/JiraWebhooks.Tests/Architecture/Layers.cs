using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace JiraWebhooks.Tests.Architecture;

/// <summary>Which layers of an assembly use a layer above them. A layer is a namespace right below the root.</summary>
internal sealed class Layers(System.Reflection.Assembly assembly, string root, IReadOnlyList<string> fromTheTop)
{
    /// <summary>Every use of a type of a higher layer, as <c>user -> used</c>.</summary>
    public IReadOnlyList<string> Violations() =>
    [
        .. new ArchLoader().LoadAssemblies(assembly).Build().Types
            .SelectMany(type => type.Dependencies.Select(dependency => (From: type, To: dependency.Target)))
            .Where(use => Level(use.From) is { } from && Level(use.To) is { } to && to < from)
            .Select(use => $"{use.From.FullName} -> {use.To.FullName}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Layers that hold types, in no order.</summary>
    public IReadOnlySet<string> Used() =>
        new ArchLoader().LoadAssemblies(assembly).Build().Types.Select(Name).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private int? Level(IType type) =>
        Name(type) is { } name ? Enumerable.Range(0, fromTheTop.Count).First(level => fromTheTop[level] == name) : null;

    private string? Name(IType type)
    {
        var space = type.Namespace?.FullName ?? "";
        if (!space.StartsWith(root + ".", StringComparison.Ordinal)) return null;

        var name = space[(root.Length + 1)..].Split('.')[0];
        return fromTheTop.Contains(name) ? name : null;
    }
}
