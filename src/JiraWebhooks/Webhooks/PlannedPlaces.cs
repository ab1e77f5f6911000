using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>How the declared webhooks get their places on a site with a limit, if Jira accepts all of them: the steps of <see cref="WebhookRegistrar"/>
/// without the calls.</summary>
internal sealed class PlannedPlaces
{
    private readonly SiteRun _run;
    private readonly HashSet<long> _deletedFirst = [];
    private readonly HashSet<long> _freed = [];
    private readonly HashSet<string> _registered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutPlace = new(StringComparer.Ordinal);

    public PlannedPlaces(SiteRun run, RefreshPlan plan)
    {
        _run = run;
        var room = run.Room + (plan.DeletesOthers ? run.Others.Count : 0);
        var (undeclared, replaced) = (run.DeletableIds(), new List<long>());
        var missing = run.Site.Webhooks.Where(declared => run.LiveRow(declared) is null).Select(declared => declared.Name).ToHashSet(StringComparer.Ordinal);
        var waiting = run.InOrder(plan.MayRegister ? run.ToRegister().Where(run.IsSent) : []);
        while (waiting.Count > 0)
        {
            if (room <= 0)
            {
                var choice = RoomChoice.Of([.. replaced, .. missing.Count == 0 ? undeclared : []], undeclared, [.. waiting.Select(LiveId)]);
                _freed.UnionWith(choice.Ids);
                if (choice.MayMissEvents) _deletedFirst.UnionWith(choice.Ids);
                undeclared.RemoveAll(choice.Ids.Contains);
                replaced.RemoveAll(choice.Ids.Contains);
                room += choice.Ids.Count;
                if (room <= 0) break;
            }

            var batch = waiting.Take(room).ToList();
            waiting.RemoveRange(0, batch.Count);
            room -= batch.Count;
            _registered.UnionWith(batch.Select(declared => declared.Name));
            missing.ExceptWith(_registered);

            // The webhook that was replaced next to its successor is redundant now.
            if (!run.Site.IsDeclarationUncertain) replaced.AddRange(batch.Select(LiveId).OfType<long>());
        }

        _withoutPlace.UnionWith(waiting.Select(declared => declared.Name));
    }

    /// <summary>True if the webhook is deleted to make room, perhaps before each declared one has its own.</summary>
    public bool IsFreed(long id) => _freed.Contains(id);

    /// <summary>True if its webhook is deleted before the new one exists.</summary>
    public bool IsDeletedFirst(DeclaredWebhook declared) => _run.LiveRow(declared) is { } row && _deletedFirst.Contains(row.WebhookId);

    /// <summary>True if it is registered.</summary>
    public bool IsRegistered(DeclaredWebhook declared) => _registered.Contains(declared.Name);

    /// <summary>True if the limit of the site leaves no place for it.</summary>
    public bool HasNoPlace(DeclaredWebhook declared) => _withoutPlace.Contains(declared.Name);

    private long? LiveId(DeclaredWebhook declared) => _run.LiveRow(declared) is { } row && !_freed.Contains(row.WebhookId) ? row.WebhookId : null;
}
