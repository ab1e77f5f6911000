using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.DeadLetters;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Api;

/// <summary>The dead letters of the subscriptions: list, send again, remove.</summary>
public sealed class DeadLettersApi(SubscriptionMonitor monitor, ApiCalls calls)
{
    /// <summary>Route of the list; redrive and drop add one segment.</summary>
    public const string Route = "deadletters/{subscription}";

    private const int DefaultMax = 50;

    /// <summary>GET deadletters/{subscription}?from=&amp;max=</summary>
    public Task<IResult> ListAsync(HttpRequest request, string subscription) => calls.RunAsync(async token =>
    {
        var known = Known(subscription);
        var from = Number(request, "from", 0, long.MaxValue, 0);
        var max = (int)Number(request, "max", 1, SubscriptionMonitor.MostPeeked, DefaultMax);
        return Results.Json(await monitor.PeekAsync(known, from, max, token), DeadLettersJson.Default.DeadLetterPage);
    });

    /// <summary>POST deadletters/{subscription}/redrive</summary>
    public Task<IResult> RedriveAsync(HttpRequest request, string subscription) => ChangeAsync(request, subscription, redrive: true);

    /// <summary>POST deadletters/{subscription}/drop</summary>
    public Task<IResult> DropAsync(HttpRequest request, string subscription) => ChangeAsync(request, subscription, redrive: false);

    private Task<IResult> ChangeAsync(HttpRequest request, string subscription, bool redrive) => calls.RunAsync(async token =>
    {
        var known = Known(subscription);
        var filter = await ApiCalls.ReadAsync(request, DeadLettersJson.Default.DeadLetterFilter, token);
        if (filter.Limit is < 1 or > DeadLetterFilter.Most) throw new SiteChangeException(400, $"max must be from 1 to {DeadLetterFilter.Most}.");
        if (filter.SequenceNumbers is { Count: 0 }) throw new SiteChangeException(400, "sequenceNumbers is empty: leave it out, or name the letters.");

        var (result, _) = await calls.WithinAsync(limit => monitor.RunAsync(known, filter, redrive, limit), token);
        return Results.Json(result, DeadLettersJson.Default.DeadLetterResult);
    });

    // The name as the settings spell it. Service Bus finds a subscription in any case, but the rules compare jira_to with this spelling.
    private string Known(string subscription)
    {
        if (monitor.Subscriptions.Count == 0) throw new SiteChangeException(409, "No subscriptions are known: dead letters need Publisher=ServiceBus and the setting ServiceBus__Subscriptions.");

        return monitor.Subscriptions.FirstOrDefault(name => name.Equals(subscription, StringComparison.OrdinalIgnoreCase))
            ?? throw new SiteChangeException(404, $"There is no subscription {subscription} in ServiceBus__Subscriptions; it has {string.Join(", ", monitor.Subscriptions)}.");
    }

    private static long Number(HttpRequest request, string name, long least, long most, long absent)
    {
        if (!request.Query.TryGetValue(name, out var text)) return absent;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new SiteChangeException(400, $"{name} must be a whole number from {least} to {most}.");
    }
}

/// <summary>JSON of these calls. An unknown property is refused: a condition that is not understood must not be left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterFilter))]
[JsonSerializable(typeof(DeadLetterResult))]
internal sealed partial class DeadLettersJson : JsonSerializerContext;
