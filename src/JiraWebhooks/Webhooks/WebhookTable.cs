using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Webhooks;

/// <summary>Which webhook was created for which declared webhook, and what Jira has refused. Webhooks are matched only by id, because Jira may
/// rewrite their JQL.</summary>
/// <param name="Name">Name of the declared webhook.</param>
/// <param name="WebhookId">The id from Jira; 0 if there is only a refusal.</param>
/// <param name="Definition">Fingerprint of what was registered. If it differs from the settings, the user has changed the declared webhook.</param>
public sealed record WebhookRow(string Name, long WebhookId, string Definition)
{
    /// <summary>When the webhook was last known to exist; null in a row of an earlier version.</summary>
    public DateTimeOffset? Seen { get; init; }

    /// <summary>The refusal of the declared definition, if Jira has refused it; otherwise null.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>True if a webhook was created.</summary>
    internal bool IsCreated => WebhookId != 0;
}

/// <summary>Table <c>webhooks</c>: the partition is the site, the row is the name of the declared webhook.</summary>
public sealed class WebhookTable(LazyTable webhooks)
{
    private const int MostOfOneTransaction = 100;

    /// <summary>All rows of a site.</summary>
    public async Task<IReadOnlyList<WebhookRow>> ListAsync(string site, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        var found = new List<WebhookRow>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {site}"), cancellationToken: cancellationToken))
        {
            found.Add(new WebhookRow(row.RowKey, row.Whole("WebhookId") ?? 0, row.Text("Definition") ?? "")
            {
                Seen = row.PastTime("Seen"),
                Refusal = row.Text("RefusedDefinition") is { } refused ? new Refusal(refused, row.Text("RefusedWith") ?? "") : null,
            });
        }

        return found;
    }

    /// <summary>Saves a row in place of the former one of the declared webhook.</summary>
    public async Task SaveAsync(string site, WebhookRow webhook, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(Row(site, webhook), TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Saves many rows, in one call for each hundred.</summary>
    public async Task SaveAsync(string site, IReadOnlyList<WebhookRow> many, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        foreach (var chunk in many.Chunk(MostOfOneTransaction))
        {
            var writes = chunk.Select(webhook => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(site, webhook)));
            await table.SubmitTransactionAsync(writes, cancellationToken);
        }
    }

    /// <summary>Deletes the row of a webhook that is no longer declared.</summary>
    public async Task DeleteAsync(string site, string name, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        await table.DeleteEntityAsync(site, name, ETag.All, cancellationToken);
    }

    private static TableEntity Row(string site, WebhookRow webhook)
    {
        var row = new TableEntity(site, webhook.Name) { ["WebhookId"] = webhook.WebhookId, ["Definition"] = webhook.Definition };
        if (webhook.Seen is { } seen) row["Seen"] = seen;
        if (webhook.Refusal is { } refusal) (row["RefusedDefinition"], row["RefusedWith"]) = (refusal.Definition, refusal.Words);
        return row;
    }
}
