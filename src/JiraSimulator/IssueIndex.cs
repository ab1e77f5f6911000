using System.Globalization;

namespace JiraSimulator;

/// <summary>The position of an issue in the order of a search.</summary>
internal readonly record struct IssuePlace(long Updated, string Id) : IComparable<IssuePlace>
{
    public static readonly IssuePlace Start = new(long.MinValue, "");

    public static IssuePlace Parse(string token) => token.Split('-') is [var updated, var id] && long.TryParse(updated, CultureInfo.InvariantCulture, out var at)
        ? new IssuePlace(at, id)
        : throw new RequestException("The provided next page token is invalid.");

    public int CompareTo(IssuePlace other) => Updated != other.Updated ? Updated.CompareTo(other.Updated) : string.CompareOrdinal(Id, other.Id);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Updated}-{Id}");
}

/// <summary>The index of a search: the state of each indexed issue, in order of change. Until a change is indexed, a search finds the state
/// before it.</summary>
internal sealed class IssueIndex(TimeProvider clock)
{
    private readonly Dictionary<string, IssuePlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<IssuePlace, string> _states = [];
    private readonly PriorityQueue<(IssuePlace Place, string Json), (DateTimeOffset At, int Number)> _waiting = new();
    private IssuePlace[]? _ordered;
    private int _number;

    public void Put(string id, DateTimeOffset updated, string json, DateTimeOffset visible) =>
        _waiting.Enqueue((new IssuePlace(updated.ToUnixTimeMilliseconds(), id), json), (visible, ++_number));

    public void Remove(string id)
    {
        var others = _waiting.UnorderedItems.Where(item => item.Element.Place.Id != id).ToList();
        _waiting.Clear();
        _waiting.EnqueueRange(others);
        if (!_places.Remove(id, out var place)) return;

        _states.Remove(place);
        _ordered = null;
    }

    /// <summary>Returns up to <paramref name="most"/> issues after <paramref name="after"/> changed at <paramref name="from"/> or later.</summary>
    public (IReadOnlyList<(IssuePlace Place, string Json)> Page, bool HasMore) Search(long from, IssuePlace after, int most)
    {
        Update(clock.GetUtcNow());
        var ordered = _ordered ??= [.. _places.Values.Order()];
        var bound = new IssuePlace(from, "");
        var found = Array.BinarySearch(ordered, after.CompareTo(bound) > 0 ? after : bound);
        var start = found >= 0 ? found + 1 : ~found;
        var page = ordered[start..Math.Min(start + most, ordered.Length)];
        return ([.. page.Select(place => (place, _states[place]))], start + page.Length < ordered.Length);
    }

    private void Update(DateTimeOffset now)
    {
        while (_waiting.TryPeek(out var next, out var due) && due.At <= now)
        {
            _waiting.Dequeue();
            if (_places.TryGetValue(next.Place.Id, out var former)) _states.Remove(former);
            (_places[next.Place.Id], _states[next.Place], _ordered) = (next.Place, next.Json, null);
        }
    }
}
