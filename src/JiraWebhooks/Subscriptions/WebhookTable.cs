using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Subscriptions;

/// <summary>Which webhook was created for which subscription. Webhooks are known by id alone, as Jira may rewrite their JQL (decision 10).</summary>
/// <param name="Name">The subscription's name.</param>
/// <param name="WebhookId">The id Jira gave.</param>
/// <param name="Definition">Fingerprint of what was registered; another one means the user has changed the subscription.</param>
public sealed record CreatedWebhook(string Name, long WebhookId, string Definition)
{
    /// <summary>When it was last known to be there; null in a row of an earlier version.</summary>
    public DateTimeOffset? Seen { get; init; }
}

/// <summary>Table <c>webhooks</c>: partition site, row subscription name.</summary>
public sealed class WebhookTable(LazyTable webhooks)
{
    private const int MostOfOneTransaction = 100;

    /// <summary>All rows of a site.</summary>
    public async Task<IReadOnlyList<CreatedWebhook>> ListAsync(string site, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        var found = new List<CreatedWebhook>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {site}"), cancellationToken: cancellationToken))
        {
            found.Add(new CreatedWebhook(row.RowKey, row.GetInt64("WebhookId") ?? 0, row.GetString("Definition") ?? "") { Seen = row.GetDateTimeOffset("Seen") });
        }

        return found;
    }

    /// <summary>Remembers a created webhook in place of what the subscription had.</summary>
    public async Task SaveAsync(string site, CreatedWebhook webhook, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(Row(site, webhook), TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>The same for many, in one call for each hundred.</summary>
    public async Task SaveAsync(string site, IReadOnlyList<CreatedWebhook> many, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        foreach (var chunk in many.Chunk(MostOfOneTransaction))
        {
            await table.SubmitTransactionAsync(chunk.Select(webhook => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(site, webhook))), cancellationToken);
        }
    }

    /// <summary>Forgets a subscription that is no longer wanted.</summary>
    public async Task DeleteAsync(string site, string name, CancellationToken cancellationToken)
    {
        var table = await webhooks.GetAsync(cancellationToken);
        await table.DeleteEntityAsync(site, name, ETag.All, cancellationToken);
    }

    private static TableEntity Row(string site, CreatedWebhook webhook)
    {
        var row = new TableEntity(site, webhook.Name) { ["WebhookId"] = webhook.WebhookId, ["Definition"] = webhook.Definition };
        if (webhook.Seen is { } seen) row["Seen"] = seen;
        return row;
    }
}
