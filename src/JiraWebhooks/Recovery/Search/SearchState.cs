using System.Security.Cryptography;
using System.Text;
using Azure;

namespace JiraWebhooks.Recovery;

/// <summary>The stored state of a site's searches.</summary>
/// <param name="WellUntil">The last run of the timer that found the site working.</param>
internal sealed record SearchState(DateTimeOffset WellUntil)
{
    /// <summary>No filters.</summary>
    public static readonly IReadOnlyDictionary<string, FilterSearch> None = new Dictionary<string, FilterSearch>();

    /// <summary>Every filter of the site by its key, including those with nothing left to search for.</summary>
    public IReadOnlyDictionary<string, FilterSearch> Filters { get; init; } = None;

    /// <summary>Start of a search that an earlier version of this app, without filters in its row, has begun, or null.</summary>
    public DateTimeOffset? Begun { get; init; }

    /// <summary>Version of the row; null for one that was never written.</summary>
    public ETag? Version { get; init; }

    /// <summary>Key of a filter: its hash, because a filter may be longer than a key.</summary>
    public static string Key(string filter) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(filter)))[..16];

    /// <summary>The state for the filters <paramref name="keys"/>. A new filter takes over the remaining passes of removed filters: it may be the
    /// same filter in other words.</summary>
    public SearchState For(IReadOnlyCollection<string> keys)
    {
        var gone = Filters.Where(filter => !keys.Contains(filter.Key)).Select(filter => filter.Value).ToList();
        return this with
        {
            Filters = keys.ToDictionary(key => key, key => Filters.GetValueOrDefault(key) ?? gone.Aggregate(new FilterSearch(), (search, former) => search.TakeOver(former))),
        };
    }

    /// <summary>Plans searches: changes since <paramref name="from"/> may have been lost.</summary>
    public SearchState Lost(DateTimeOffset from, DateTimeOffset now) => this with
    {
        Filters = Filters.ToDictionary(filter => filter.Key, filter => filter.Value.Lost(from, now)),
    };

    /// <summary>Writes a new state of one filter.</summary>
    public SearchState With(string key, FilterSearch search) => this with { Filters = new Dictionary<string, FilterSearch>(Filters) { [key] = search } };

    /// <summary>True when something is left that may run now.</summary>
    public bool IsDue(DateTimeOffset now) => Filters.Values.Any(search => search.Next(now, []) is not null);
}
