using System.Security.Cryptography;
using System.Text;

namespace JiraWebhooks.Publishing;

/// <summary>One identity per event on every path (docs/architecture.md#one-message-id): live deliveries and failed records with the same identifier
/// get the same MessageId, so the bus drops the second one.</summary>
public static class DeliveryIdentity
{
    /// <summary>Maximum length of a Service Bus MessageId and SessionId, in characters
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>).</summary>
    public const int MaxLength = 128;

    /// <summary><c>{site}:{identifier}</c>, or <c>{site}:{sha256(identifier)}</c> if that is longer than 128 characters.</summary>
    public static string MessageId(string site, string identifier) => Bounded(site, identifier);

    /// <summary><c>{site}:{key}</c> with the same limit; the key is an issue id or an event family.</summary>
    public static string SessionId(string site, string key) => Bounded(site, key);

    private static string Bounded(string site, string key) =>
        site.Length + 1 + key.Length <= MaxLength ? $"{site}:{key}" : $"{site}:{Sha256(key)}";

    private static string Sha256(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
