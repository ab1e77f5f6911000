namespace JiraWebhooks.Hosting;

/// <summary>The global settings. Invalid global settings stop the start with one list of all errors; an invalid site stops only that site.</summary>
public sealed record JiraWebhooksOptions
{
    /// <summary>The largest delivery that Jira sends, in bytes.</summary>
    public const int JirasBodyLimit = 25 * 1024 * 1024;

    /// <summary>The highest value of <see cref="MaxBodyBytes"/>; the server of the Functions app accepts more than this.</summary>
    public const int LargestBodyLimit = 60 * 1024 * 1024;

    /// <summary>The URL at which Jira reaches this app, without a trailing slash; callback URLs and the <c>qsh</c> base path are made from it.
    /// <c>https://$WEBSITE_HOSTNAME</c> by default in Azure.</summary>
    public required Uri PublicBaseUrl { get; init; }

    /// <summary>How storage is reached; null only in tests.</summary>
    public StorageSettings? Storage { get; init; }

    /// <summary>How Service Bus is reached; null with another publisher.</summary>
    public ServiceBusSettings? ServiceBus { get; init; }

    /// <summary>The service that deliveries are published to.</summary>
    public PublisherKind Publisher { get; init; } = PublisherKind.ServiceBus;

    /// <summary>Root of the OAuth API, <c>https://api.atlassian.com</c>.</summary>
    public Uri AtlassianApiUrl { get; init; } = new("https://api.atlassian.com");

    /// <summary>Root of the authorization server, <c>https://auth.atlassian.com</c>.</summary>
    public Uri AtlassianAuthUrl { get; init; } = new("https://auth.atlassian.com");

    /// <summary>Folder of the token store on one machine; used when <see cref="KeyVaultUri"/> is not set.</summary>
    public string TokenFolder { get; init; } = ".local/tokens";

    /// <summary>Key Vault that holds the OAuth grants; null on one machine.</summary>
    public Uri? KeyVaultUri { get; init; }

    /// <summary>Client id of the OAuth app with which sites are onboarded; null if there is no onboarding.</summary>
    public string? OAuthClientId { get; init; }

    /// <summary>That app's client secret; sites that were onboarded with it need no copy.</summary>
    public SiteSecret? OAuthClientSecret { get; init; }

    /// <summary>The client secret before the last rotation; still verifies, never signs.</summary>
    public SiteSecret? OAuthPreviousClientSecret { get; init; }

    /// <summary>True if <see cref="OAuthPreviousClientSecret"/> is set to a Key Vault reference that is not resolved.</summary>
    public bool LacksPreviousClientSecret { get; init; }

    /// <summary>True if a secret of that app is set and this process does not know it.</summary>
    public bool LacksClientSecret => LacksPreviousClientSecret || (OAuthClientId is not null && OAuthClientSecret is null);

    /// <summary>Name of the Storage Queue, with <see cref="PublisherKind.StorageQueue"/>.</summary>
    public string QueueName { get; init; } = "jira-deliveries";

    /// <summary>Container of claim-checked bodies.</summary>
    public string ClaimCheckContainer { get; init; } = "jira-bodies";

    /// <summary>A body of more bytes is claim-checked; null means the publisher's default (Service Bus 192 KB, Storage Queue 32 KB).</summary>
    public int? ClaimCheckThreshold { get; init; }

    /// <summary>Largest accepted delivery, in bytes. The setting cannot be lower than Jira's limit, because Jira does not retry after a 413.</summary>
    public int MaxBodyBytes { get; init; } = JirasBodyLimit;

    /// <summary>Most memory, in bytes, that the bodies above 64 KB of all deliveries use at the same time. A body beyond that waits, or gets 503.</summary>
    public long BodyMemoryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Time from a delivery's first byte to its answer. Jira times out after 20 s.</summary>
    public TimeSpan DeliveryBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a timer run stops and leaves the remaining work to the next run.</summary>
    public TimeSpan RunBudget { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>Sites that a timer run works on at the same time.</summary>
    public int RunParallelism { get; init; } = 16;

    /// <summary>True allows the app to delete its own webhooks that point at another URL (docs/architecture.md#take-over).</summary>
    public bool TakeOver { get; init; }

    /// <summary>Returns the callback URL of a site: the site is in the path, never in the query (docs/jira-behaviour.md#callback-path).</summary>
    public Uri CallbackUrl(string siteId) => new($"{PublicBaseUrl.AbsoluteUri.TrimEnd('/')}/api/deliveries/{siteId}");
}
