using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>What is sent to Jira for a declared webhook, and the fingerprint that shows a later change of the settings.</summary>
internal static class Definition
{
    public static WebhookDetails Details(DeclaredWebhook declared) => new(declared.Events, declared.Jql)
    {
        FieldIdsFilter = declared.FieldIdsFilter,
        IssuePropertyKeysFilter = declared.IssuePropertyKeysFilter,
    };

    /// <summary>A webhook as Jira listed it, to register it again.</summary>
    public static WebhookDetails Details(Webhook listed) => new(listed.Events, listed.JqlFilter)
    {
        FieldIdsFilter = listed.FieldIdsFilter is { Count: > 0 } fields ? fields : null,
        IssuePropertyKeysFilter = listed.IssuePropertyKeysFilter is { Count: > 0 } keys ? keys : null,
    };

    public static string Fingerprint(DeclaredWebhook declared)
    {
        var text = string.Join('\n', Sorted(declared.Events), declared.Jql, Sorted(declared.FieldIdsFilter), Sorted(declared.IssuePropertyKeysFilter));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>The fingerprint of all that a refresh of the site has to reach.</summary>
    public static string Fingerprint(Site site, JiraWebhooksOptions options)
    {
        var webhooks = site.Webhooks.OrderBy(declared => declared.Name, StringComparer.Ordinal).Select(declared => $"{declared.Name} {Fingerprint(declared)}");
        var text = string.Join('\n', [.. webhooks, options.CallbackUrl(site.Id).AbsoluteUri, $"{options.TakeOver}", site.ApiUrl.AbsoluteUri, site.ClientId, site.AppKey, site.Grant]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    private static string Sorted(IReadOnlyList<string>? values) =>
        values is null ? "-" : string.Join(',', values.Order(StringComparer.Ordinal));
}
