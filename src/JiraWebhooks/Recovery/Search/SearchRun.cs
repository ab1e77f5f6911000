using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Recovery;

/// <summary>One run of a site's searches, page by page and filter by filter in turn, so that a filter that fails or finds much does not delay the
/// others. The progress of a search is stored after each page.</summary>
internal sealed class SearchRun(Site site, SearchState state, JiraWebhookClient jira, SearchTable table, IDeliveryPublisher publisher, TimeProvider clock)
{
    /// <summary>Another run has written the state in the meantime.</summary>
    public const string AnotherRun = "Another run has been at this site.";

    /// <summary>Maximum number of requests of one run.</summary>
    public const int MostRequests = 200;

    /// <summary>Maximum time of one run at a site, because other sites wait for their turn.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    private const int PageSize = 50;

    private readonly HashSet<string> _published = new(StringComparer.Ordinal);
    private readonly SearchReport _report = new(site.Id);
    private SearchState _state = state;
    private bool _isOver;

    /// <summary>Searches until all that is due has ended or failed, or the run's time or requests are used up.</summary>
    public async Task<SitePoll> RunAsync(IEnumerable<DeclaredWebhook> filters, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(Slice, clock);
        using var slice = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        var turns = new Queue<FilterTurn>(filters.Select(filter => new FilterTurn(filter)));
        try
        {
            for (var requests = 0; requests < MostRequests && !_isOver && turns.TryDequeue(out var turn); requests++)
            {
                if (await StepAsync(turn, slice.Token, cancellationToken)) turns.Enqueue(turn);
            }

            foreach (var turn in turns.Where(turn => turn.IsStuck)) _report.Stuck(turn.Name, MostRequests);
        }
        catch (Exception) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The next run continues.
        }

        return _report.Result(isUnfinished: _state.IsDue(clock.GetUtcNow()));
    }

    // Reads one page. Returns false if the filter has nothing left to do in this run.
    private async Task<bool> StepAsync(FilterTurn turn, CancellationToken slice, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (turn.Pass is null)
        {
            if (_state.Filters[turn.Key].Next(now, turn.Failed) is not { } next) return false;

            turn.Start(next, now);
            _report.Started(next);
        }

        var pass = turn.Pass!;
        try
        {
            var page = await jira.SearchAsync(site, turn.Jql, PageSize, turn.Token, slice);
            _report.Published(pass.Kind, await PublishAsync(page.Issues!, slice));
            await StoreAsync(turn, pass, page, cancellationToken);
            return true;
        }
        catch (JiraApiException error) when (error.Failure is JiraFailure.Refused && turn.Token is null)
        {
            await RefusedAsync(turn, error, now, cancellationToken);
            return false;
        }
        catch (JiraApiException error)
        {
            _isOver |= error.EndsRun;
            _report.RetryAfter ??= error.EndsRun ? error.RetryAfter : null;
            await FailedAsync(turn, pass, error.Message, cancellationToken);
            return true;
        }
    }

    private async Task StoreAsync(FilterTurn turn, SearchPass pass, IssuePage page, CancellationToken cancellationToken)
    {
        var (search, newest) = (_state.Filters[turn.Key].Accepted(), FoundIssue.NewestOf(page.Issues!));
        if (string.IsNullOrEmpty(page.NextPageToken) || pass.EndsBefore(newest))
        {
            turn.Leave();
            await SaveAsync(turn.Key, search.End(pass, clock.GetUtcNow()), cancellationToken);
            return;
        }

        turn.Reached(newest);
        var next = pass.After(newest, turn.Marks, turn.ReadFrom, page.NextPageToken);
        await SaveAsync(turn.Key, search.Replace(pass, next), cancellationToken);
        if (!turn.TryContinue(next, page.NextPageToken)) await FailedAsync(turn, next, "Jira returned the same page token twice.", cancellationToken);
    }

    // The watermark is kept. The token is not: a page that failed once may fail forever.
    private async Task FailedAsync(FilterTurn turn, SearchPass pass, string words, CancellationToken cancellationToken)
    {
        _report.Failed(turn.Name, pass, words);
        turn.Leave();
        var next = pass with { Token = null };
        turn.Failed.Add(next);
        if (next != pass) await SaveAsync(turn.Key, _state.Filters[turn.Key].Replace(pass, next), cancellationToken);
    }

    private async Task RefusedAsync(FilterTurn turn, JiraApiException error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var search = _state.Filters[turn.Key].Refused(now);
        _report.Refused(turn.Name, search, error, now);
        await SaveAsync(turn.Key, search.IsRefused(now) ? search.GiveUp(now) : search, cancellationToken);
    }

    private async Task<int> PublishAsync(IReadOnlyList<JsonElement> issues, CancellationToken cancellationToken)
    {
        DeliveryMessage[] messages = [.. issues.Select(issue => FoundIssue.Describe(site, issue)).OfType<DeliveryMessage>().Where(message => _published.Add(message.MessageId))];
        if (messages.Length > 0) await publisher.PublishAsync(messages, cancellationToken);
        return messages.Length;
    }

    private async Task SaveAsync(string key, FilterSearch search, CancellationToken cancellationToken)
    {
        if (await table.TryWriteAsync(site.Id, _state.With(key, search), cancellationToken) is { } written)
        {
            _state = written;
            return;
        }

        _isOver = true;
        _report.Add(AnotherRun);
    }
}
