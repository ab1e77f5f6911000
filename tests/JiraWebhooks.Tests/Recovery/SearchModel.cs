using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using JiraWebhooks.Jira;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Refit;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>What goes wrong in a run.</summary>
public enum FaultKind
{
    /// <summary>A request is answered 404.</summary>
    Request,

    /// <summary>A request is answered 400.</summary>
    Refusal,

    /// <summary>A message is not taken.</summary>
    Publisher,

    /// <summary>A write of the state fails.</summary>
    Storage,

    /// <summary>A write of the state takes effect, and its answer is lost.</summary>
    StorageAnswer,
}

/// <summary>Something goes wrong at the <paramref name="At"/>-th of its kind.</summary>
public sealed record Fault(FaultKind Kind, int At);

/// <summary>The runs of one filter's search on the issues of one site, without a network.</summary>
internal sealed partial class SearchModel : IDisposable
{
    public const int PageSize = 50;

    private const int MostRuns = 400;

    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly DeclaredWebhook Filter = new("issues", ["jira:issue_updated"], "project = SHOP");

    private readonly (DateTimeOffset At, int Id)[] _issues;
    private readonly TimeSpan _lag;
    private readonly FakeTimeProvider _clock = new(Start.AddHours(6));
    private readonly InMemoryTables _tables = new();
    private readonly RecordingPublisher _publisher = new();
    private readonly SearchTable _table;
    private readonly JiraWebhookClient _jira;
    private Fault? _fault;
    private int _count;

    public SearchModel(double[] changes, TimeSpan lag, int pagesOfARun)
    {
        _issues = [.. changes.Order().Select((minute, id) => (Start.AddMinutes(minute), id))];
        _lag = lag;
        _table = new SearchTable(new LazyTable(_tables, TableNames.Cursors), new StorageTime(_clock, _clock));
        _jira = new JiraWebhookClient(new Api(this), _clock);
        _tables.Before = call => Meet(FaultKind.Storage, call.EndsWith("update", StringComparison.Ordinal), new Azure.RequestFailedException(503, "storage is away"));
        _tables.After = _ => Meet(FaultKind.StorageAnswer, true, new Azure.RequestFailedException(0, "the answer was lost"));
        _publisher.Before = (_, token) =>
        {
            Meet(FaultKind.Publisher, true, new TimeoutException("the bus is away"));
            token.ThrowIfCancellationRequested();
            _clock.Advance(SearchRun.Slice / (pagesOfARun * PageSize));
            return Task.CompletedTask;
        };
    }

    public int Requests { get; private set; }

    /// <summary>All this time is known to be lost.</summary>
    public async Task LoseAsync()
    {
        var now = _clock.GetUtcNow();
        await _table.TryWriteAsync(StubSites.OAuth.Id, new SearchState(now).For([SearchState.Key(Filter.Jql)]).Lost(Start, now), CancellationToken.None);
    }

    /// <summary>The next run of the timer.</summary>
    public async Task RunAsync(Fault? fault)
    {
        var state = await StateAsync();
        (_fault, _count) = (fault, 0);
        try
        {
            await new SearchRun(StubSites.OAuth, state, _jira, _table, _publisher, _clock).RunAsync([Filter], CancellationToken.None);
        }
        catch (Exception error) when (fault is not null && error is Azure.RequestFailedException or TimeoutException)
        {
            // The next run goes on from what is stored.
        }

        _fault = null;
        _clock.Advance(OutageWorld.Tick);
    }

    /// <summary>Runs that nothing disturbs, until nothing is left.</summary>
    public async Task EndAsync()
    {
        for (var runs = 0; (await StateAsync()).Filters.Values.Any(filter => filter.Passes.Count > 0); runs++)
        {
            Assert.True(runs < MostRuns, "The search does not end.");
            await RunAsync(null);
        }
    }

    /// <summary>Issues that are on the bus in no state.</summary>
    public IEnumerable<string> Lost() => _issues.Select(issue => $"SHOP-{issue.Id}").Except(_publisher.Messages.Select(message => message.IssueKey!));

    public void Dispose() => _publisher.Before = (_, _) => Task.CompletedTask;

    private async Task<SearchState> StateAsync() => (await _table.ReadAsync(StubSites.OAuth.Id, CancellationToken.None)).State!;

    private void Meet(FaultKind kind, bool counts, Exception error)
    {
        if (_fault?.Kind == kind && counts && ++_count == _fault.At) throw error;
    }

    private (HttpStatusCode Status, IssuePage Page) Answer(IssueSearch search)
    {
        Requests++;
        if (_fault is { Kind: FaultKind.Request or FaultKind.Refusal } && ++_count == _fault.At)
        {
            return (_fault.Kind is FaultKind.Refusal ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound, new IssuePage());
        }

        var from = _clock.GetUtcNow() - TimeSpan.FromMinutes(int.Parse(Minutes().Match(search.Jql).Groups[1].Value, CultureInfo.InvariantCulture));
        var visible = _issues.Where(issue => issue.At >= from && issue.At + _lag <= _clock.GetUtcNow());
        var rest = visible.Where(issue => issue.Id > int.Parse(search.NextPageToken ?? "-1", CultureInfo.InvariantCulture)).ToList();
        var page = rest.Take(search.MaxResults).ToList();
        return (HttpStatusCode.OK, new IssuePage
        {
            Issues = [.. page.Select(issue => JsonElement.Parse($$"""{"id":"{{10_000 + issue.Id}}","key":"SHOP-{{issue.Id}}","fields":{"updated":"{{issue.At:yyyy-MM-dd'T'HH:mm:ss.fff}}+0000"} }"""))],
            NextPageToken = rest.Count > page.Count ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    [GeneratedRegex("\"-([0-9]+)m\"")]
    private static partial Regex Minutes();

    private sealed class Api(SearchModel model) : IJiraWebhookApi
    {
        public async Task<IApiResponse<IssuePage>> SearchAsync(Site site, IssueSearch search, CancellationToken cancellationToken)
        {
            var (status, page) = model.Answer(search);
            var response = new HttpResponseMessage(status) { RequestMessage = new HttpRequestMessage(HttpMethod.Post, "http://localhost/") };
            var error = response.IsSuccessStatusCode ? null : await ApiException.Create(response.RequestMessage, HttpMethod.Post, response, new RefitSettings());
            return new ApiResponse<IssuePage>(response, page, new RefitSettings(), error);
        }

        public Task<IApiResponse<WebhookPage>> ListAsync(Site site, long startAt, int maxResults, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IApiResponse<RegisteredWebhooks>> RegisterAsync(Site site, WebhookRegistration registration, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IApiResponse> DeleteAsync(Site site, WebhookIds ids, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IApiResponse> RefreshAsync(Site site, WebhookIds ids, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IApiResponse<FailedWebhooks>> FailedAsync(Site site, int maxResults, long after, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
