namespace JiraWebhooks.Webhooks;

/// <summary>A definition that Jira has refused because of its content. It is not sent again, because the answer would be the same.</summary>
/// <param name="Definition">Fingerprint of the refused definition.</param>
/// <param name="Words">What Jira said, redacted.</param>
public sealed record Refusal(string Definition, string Words)
{
    /// <summary>The text of the site's problem while the refusal is remembered.</summary>
    internal string Problem(string site, string declared) =>
        $"Webhook {declared}: Jira refused it, and it is not tried again until its definition changes or POST /api/sites/{site}/refresh is called: {Words}";
}
