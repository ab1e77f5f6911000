namespace JiraWebhooks.Webhooks;

/// <summary>Which webhooks to delete when the site has no free place: first those whose events another webhook already reports; then undeclared ones,
/// one for each webhook that is missing; only then those that are being replaced.</summary>
/// <param name="Ids">Their ids; empty if nothing can be deleted.</param>
/// <param name="MayMissEvents">True if no other webhook reports their events.</param>
internal sealed record RoomChoice(IReadOnlyList<long> Ids, bool MayMissEvents)
{
    /// <summary>Decides.</summary>
    /// <param name="redundant">Ids whose events another webhook already reports.</param>
    /// <param name="undeclared">Ids of the webhooks that no declared webhook uses and that may be deleted.</param>
    /// <param name="waiting">For each waiting declared webhook: the id of its live webhook, or null.</param>
    public static RoomChoice Of(IReadOnlyList<long> redundant, IReadOnlyList<long> undeclared, IReadOnlyList<long?> waiting)
    {
        if (redundant.Count > 0) return new RoomChoice(redundant, MayMissEvents: false);

        List<long> ids = [.. undeclared.Take(waiting.Count(live => live is null))];
        return new RoomChoice(ids.Count > 0 ? ids : [.. waiting.OfType<long>()], MayMissEvents: true);
    }
}
