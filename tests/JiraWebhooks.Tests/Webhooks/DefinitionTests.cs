using JiraWebhooks.Jira;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

public sealed class DefinitionTests
{
    /// <summary>A webhook without filters may be listed with empty lists, or with none.</summary>
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("summary,status", "summary,status")]
    public void Details_OfAListedWebhook_HaveItsFiltersButNoEmptyOnes(string? listed, string? expected)
    {
        var values = listed?.Split(',', StringSplitOptions.RemoveEmptyEntries);

        var details = Definition.Details(new Webhook(17, ["jira:issue_updated"], "project = SHOP") { FieldIdsFilter = values, IssuePropertyKeysFilter = values });

        Assert.Equal("project = SHOP", details.JqlFilter);
        Assert.Equal(["jira:issue_updated"], details.Events);
        Assert.Equal(expected?.Split(','), details.FieldIdsFilter);
        Assert.Equal(expected?.Split(','), details.IssuePropertyKeysFilter);
    }
}
