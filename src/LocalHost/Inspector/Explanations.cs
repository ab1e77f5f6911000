namespace LocalHost.Inspector;

/// <summary>What the reason of a delivery means, and what to do.</summary>
internal static class Explanations
{
    private static readonly Dictionary<string, (string Meaning, string? Fix)> All = new(StringComparer.Ordinal)
    {
        ["accepted"] = ("It was verified with a secret of the site, and the message was published before the answer.", null),
        ["failed_list"] = ("Jira gave up on it. The poll found it in Jira's list of failed deliveries and published it.", null),
        ["reconstructed"] = ("It was not delivered. A search after an outage found that the issue has changed, and its present state was published.", null),
        ["site_store"] = ("The table of the sites could not be read. Jira sends it again.", "Look at the log: is the storage running?"),
        ["site_settings"] = ("The settings of the site are invalid. Jira sends it again.", "The tab Sites says which setting."),
        ["secret_unresolved"] = ("A secret is a Key Vault reference that is not resolved, and the known secrets do not verify the delivery. Jira sends it again.", "The tab Sites says which setting."),
        ["site_missing"] = ("It is for a site whose row was lost. Jira sends it again.", "Add the site again, see docs/sites.md."),
        ["site_erased"] = ("The site was removed a while ago.", "Remove its webhook in Jira."),
        ["content_encoding"] = ("The body is compressed. Jira never does that.", "Send the body as it is."),
        ["body_too_large"] = ("The body is larger than any that Jira sends.", "Send at most 25 MB, or raise MaxBodyBytes."),
        ["body"] = ("The body was incomplete, or violates HTTP.", "Look at what is between Jira and this host."),
        ["slow_body"] = ("The body did not arrive within ten seconds. Jira sends it again.", "Look at what is between Jira and this host."),
        ["client_left"] = ("The caller closed the connection before the answer.", null),
        ["no_room"] = ("Large bodies use all the memory that they may use. Jira sends it again.", null),
        ["budget"] = ("The app needed more than its ten seconds. Jira sends it again.", "Look at the log: is the storage or the bus slow?"),
        ["internal"] = ("An error of the app. Jira sends it again.", "Look at the log."),
        ["publisher"] = ("The queue or the bus did not accept the message. Jira sends it again.", "Look at the log: is it running?"),
        ["unknown_site"] = ("No site has the last segment of this address as its id.", "Compare the address of the webhook in Jira with the ids in the tab Sites."),
        ["no_credential"] = ("The request has no signature of the kind that the site uses: a Bearer token for OAuth, a JWT token for Connect, X-Hub-Signature for an administrator's webhook.", "Is the Scheme of the site right? An administrator's webhook needs a secret in Jira."),
        ["malformed"] = ("The token or signature does not have the form that it must have.", "Look at the headers: has something between Jira and this host changed them?"),
        ["bad_signature"] = ("The signature was made with another secret, or the body was changed on its way.", "Compare the secret of the site with the one in Jira: for OAuth the client secret of the app, for Connect the shared secret, for an administrator's webhook its own."),
        ["bad_claims"] = ("The signature is right, but the claims of the token are not those of this site: issuer, expiry or qsh.", "Compare the claims below with ClientId or ClientKey. A wrong qsh means that the address was changed on its way."),
        ["other_site"] = ("The token is for another site of the same app.", "Compare cloudId in the claims below with the CloudId of the site."),
        ["token_times"] = ("The token is right except for its times. Jira sends it again.", "Is the clock of this machine right?"),
        ["expired"] = ("The token has expired long ago.", "Is the clock of this machine right? A recorded request cannot be sent again: use Send again."),
        ["not_yet_valid"] = ("The token is valid only in the future.", "Is the clock of this machine right?"),
    };

    /// <summary>Returns the meaning of a reason, and what to do about it.</summary>
    public static (string Meaning, string? Fix) Of(string reason) => All.GetValueOrDefault(reason, ($"Reason {reason}.", null));

    /// <summary>True if the reason has an explanation.</summary>
    public static bool Has(string reason) => All.ContainsKey(reason);
}
