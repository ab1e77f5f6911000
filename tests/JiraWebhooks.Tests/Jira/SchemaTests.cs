using System.Text.Json;
using JiraWebhooks.Jira;

namespace JiraWebhooks.Tests.Jira;

/// <summary>The names on the wire are those of Atlassian's own schemas
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json"/>).</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData(typeof(Webhook), "id", "events", "jqlFilter", "url", "expirationDate", "fieldIdsFilter", "issuePropertyKeysFilter")]
    [InlineData(typeof(WebhookPage), "isLast", "maxResults", "startAt", "total", "values")]
    [InlineData(typeof(WebhookRegistration), "url", "webhooks")]
    [InlineData(typeof(WebhookDetails), "events", "jqlFilter", "fieldIdsFilter", "issuePropertyKeysFilter")]
    [InlineData(typeof(RegisteredWebhooks), "webhookRegistrationResult")]
    [InlineData(typeof(RegisteredWebhook), "createdWebhookId", "errors")]
    [InlineData(typeof(WebhookIds), "webhookIds")]
    [InlineData(typeof(FailedWebhooks), "maxResults", "values", "next")]
    [InlineData(typeof(FailedWebhook), "id", "url", "failureTime", "body")]
    [InlineData(typeof(JiraErrors), "errorMessages", "errors")]
    public void Names_OnTheWire_AreThoseOfTheSchema(Type type, params string[] names) =>
        Assert.Equal(names.Order(StringComparer.Ordinal), JiraJsonContext.Default.GetTypeInfo(type)!.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("""{"createdWebhookId":1,"errors":null,"later":{}}""")]
    [InlineData("""{"errors":["x"]}""")]
    [InlineData("{}")]
    [Trait("Rule", "unknown-content")]
    public void RegisteredWebhook_InAnyShape_IsRead(string json) =>
        Assert.NotNull(JsonSerializer.Deserialize(json, JiraJsonContext.Default.RegisteredWebhook));
}
