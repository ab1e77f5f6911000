namespace JiraWebhooks.Hosting;

/// <summary>The global settings. A mistake here stops the start, with every mistake named at once; a mistake in a site stops that site only.</summary>
public sealed record JiraWebhooksOptions
{
    /// <summary>Jira sends no larger delivery, in bytes.</summary>
    public const int JirasBodyLimit = 25 * 1024 * 1024;

    /// <summary>Below what the Functions app's server lets through.</summary>
    public const int LargestBodyLimit = 60 * 1024 * 1024;

    /// <summary>Where Jira reaches us, without a trailing slash; callback URLs and the <c>qsh</c> base path are made from it.
    /// <c>https://$WEBSITE_HOSTNAME</c> by default in Azure.</summary>
    public required Uri PublicBaseUrl { get; init; }

    /// <summary>Where deliveries go.</summary>
    public PublisherKind Publisher { get; init; } = PublisherKind.ServiceBus;

    /// <summary>Root of the OAuth API, <c>https://api.atlassian.com</c>.</summary>
    public Uri AtlassianApiUrl { get; init; } = new("https://api.atlassian.com");

    /// <summary>Root of the authorization server, <c>https://auth.atlassian.com</c>.</summary>
    public Uri AtlassianAuthUrl { get; init; } = new("https://auth.atlassian.com");

    /// <summary>Folder of the token store on one machine; used when <see cref="KeyVaultUri"/> is not set.</summary>
    public string TokenFolder { get; init; } = ".local/tokens";

    /// <summary>Key Vault that holds the OAuth grants; null on one machine.</summary>
    public Uri? KeyVaultUri { get; init; }

    /// <summary>Client id of the OAuth app under which sites are onboarded; null where nobody is.</summary>
    public string? OAuthClientId { get; init; }

    /// <summary>That app's client secret; sites that were onboarded with it need no copy.</summary>
    public SiteSecret? OAuthClientSecret { get; init; }

    /// <summary>The client secret before the last rotation; still verifies, never signs.</summary>
    public SiteSecret? OAuthPreviousClientSecret { get; init; }

    /// <summary>Storage Queue's name, with <see cref="PublisherKind.StorageQueue"/>.</summary>
    public string QueueName { get; init; } = "jira-deliveries";

    /// <summary>Container of claim-checked bodies.</summary>
    public string ClaimCheckContainer { get; init; } = "jira-bodies";

    /// <summary>Largest body in bytes that is claim-checked only above it; null takes the publisher's own (Service Bus 192 KB, Storage Queue 32 KB).</summary>
    public int? ClaimCheckThreshold { get; init; }

    /// <summary>Largest delivery taken, in bytes. As a setting it is never below what Jira sends, as Jira gives up what is answered 413.</summary>
    public int MaxBodyBytes { get; init; } = JirasBodyLimit;

    /// <summary>Most memory that the bodies above 64 KB of all deliveries use at one time, in bytes. What finds no room waits, or is answered 503.</summary>
    public long BodyMemoryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Time from a delivery's first byte to its answer. Jira gives up after 20 s.</summary>
    public TimeSpan DeliveryBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a timer run ends itself and leaves the rest to the next tick.</summary>
    public TimeSpan RunBudget { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>True allows deleting webhooks of ours that point at another URL (docs/architecture.md#take-over).</summary>
    public bool TakeOver { get; init; }

    /// <summary>The callback URL of a site: tenant identity in the path, never in the query (docs/jira-behaviour.md#callback-path).</summary>
    public Uri CallbackUrl(string siteId) => new($"{PublicBaseUrl.AbsoluteUri.TrimEnd('/')}/api/deliveries/{siteId}");
}
