using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Infra.Tests.Support;

/// <summary>An empty configuration that remembers which settings it was asked for.</summary>
internal sealed class RecordingConfiguration : IConfiguration
{
    public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public string? this[string key]
    {
        get
        {
            Asked.Add(key.Replace(":", "__", StringComparison.Ordinal));
            return null;
        }
        set => throw new NotSupportedException();
    }

    public IEnumerable<IConfigurationSection> GetChildren() => [];

    public IChangeToken GetReloadToken() => throw new NotSupportedException();

    public IConfigurationSection GetSection(string key) => throw new NotSupportedException(key);
}
