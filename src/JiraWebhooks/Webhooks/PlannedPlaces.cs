using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>How the declared webhooks get their places on a site with a limit, if Jira accepts all of them: the steps of <see cref="WebhookRegistrar"/>
/// without the calls.</summary>
internal sealed class PlannedPlaces
{
    private readonly HashSet<string> _deletedFirst = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutPlace = new(StringComparer.Ordinal);
    private readonly HashSet<long> _freed = [];

    public PlannedPlaces(SiteRun run, RefreshPlan plan)
    {
        var room = run.Room + (plan.DeletesOthers ? plan.Others.Count : 0);
        var (useless, replaced) = (RefreshPlan.Unwanted(run), 0);
        var missing = run.Site.Webhooks.Where(declared => run.Living(declared) is null).Select(declared => declared.Name).ToHashSet(StringComparer.Ordinal);
        var waiting = RefreshPlan.InOrder(run, plan.Register.Where(declared => RefreshPlan.IsSent(run, declared)));
        while (waiting.Count > 0)
        {
            if (room <= 0)
            {
                List<long> freed = [.. missing.Count == 0 ? useless : useless.Take(replaced > 0 ? 0 : waiting.Count(declared => missing.Contains(declared.Name)))];
                _freed.UnionWith(freed);
                useless.RemoveAll(freed.Contains);
                var old = replaced + freed.Count > 0 ? [] : waiting.Where(declared => run.Living(declared) is not null && _deletedFirst.Add(declared.Name)).ToList();
                room += replaced + freed.Count + old.Count;
                replaced = 0;
                if (room <= 0) break;
            }

            var batch = waiting.Take(room).ToList();
            waiting.RemoveRange(0, batch.Count);
            room -= batch.Count;
            missing.ExceptWith(batch.Select(declared => declared.Name));

            // The webhook that was replaced beside its successor is unwanted now.
            if (!RefreshPlan.KeepsUndeclared(run.Site)) replaced += batch.Count(declared => run.Living(declared) is not null && !_deletedFirst.Contains(declared.Name));
        }

        _withoutPlace.UnionWith(waiting.Select(declared => declared.Name));
    }

    /// <summary>True if a webhook that no declared one needs is deleted to make room, perhaps before each declared one has its own.</summary>
    public bool IsFreed(long id) => _freed.Contains(id);

    /// <summary>True if its webhook is deleted before the new one exists.</summary>
    public bool IsDeletedFirst(DeclaredWebhook declared) => _deletedFirst.Contains(declared.Name);

    /// <summary>True if the limit of the site leaves no place for it.</summary>
    public bool HasNoPlace(DeclaredWebhook declared) => _withoutPlace.Contains(declared.Name);
}
