using JiraWebhooks.Sites;
using JiraWebhooks.Subscriptions;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Subscriptions;

public sealed class SubscriptionValidatorTests
{
    [Theory]
    [InlineData("project = SHOP")]
    [InlineData("project != EMPTY")]
    [InlineData("project != null")]
    [InlineData("issueKey != NULL-5")]
    [InlineData("project not in (ABC, \"My shop\", 'X')")]
    [InlineData("project = SHOP AND status IN (\"In Progress\", Done) OR (issuetype = Bug and NOT assignee = currentUser())")]
    [InlineData("cf[10014] = EPIC-1 and reporter != ada")]
    [InlineData("issue.property[flag].state = \"on\"")]
    [InlineData("\"project\" = SHOP")]
    [InlineData("priority in (High,Highest)")]
    [InlineData("project = \"order by\"")]
    [InlineData("project = \"A \\\" (B\" and (not (not (status = Done)) or key = 'A-1')")]
    [InlineData("assignee in (membersOf(\"jira users\", x), currentUser()) AND project in projectsLeadByUser()")]
    [InlineData("issue.property[a key].x != on and project NOT  IN(A)")]
    public void Problem_FilterThatJiraTakes_IsNone_Rule3(string jql) => Assert.Null(SubscriptionValidator.Problem(With(jql)));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  ", "empty")]
    [InlineData("project is not EMPTY", "IS NOT")]
    [InlineData("assignee IS EMPTY", "IS")]
    [InlineData("project ~ shop", "~")]
    [InlineData("priority > High", ">")]
    [InlineData("status was Done", "WAS")]
    [InlineData("watchCount = 1", "watchCount")]
    [InlineData("summary = \"x\"", "summary")]
    [InlineData("project = SHOP ORDER BY created", "ORDER BY")]
    [InlineData("project = SHOP AND", "ends with AND")]
    [InlineData("project = SHOP , status = Done", "joined by AND or OR")]
    [InlineData("((((", "cannot be read")]
    [InlineData("order by created", "ORDER BY")]
    [InlineData("(project = SHOP Order  By key)", "ORDER BY")]
    [InlineData("project = ", "nothing after project =")]
    [InlineData("project = SHOP and status not in", "nothing after status NOT IN")]
    [InlineData("project", "cannot be read")]
    [InlineData("project = )", "cannot be read")]
    [InlineData("(project = A", "not closed")]
    [InlineData("project = A)", "never opened")]
    [InlineData("project = A not project = B", "joined by AND or OR")]
    [InlineData("project = A AND OR project = B", "cannot be read")]
    [InlineData("project in (A B)", "cannot be read")]
    [InlineData("project in ()", "cannot be read")]
    [InlineData("project = \"A", "cannot be read")]
    [InlineData("project = A[", "cannot be read")]
    [InlineData("project in (ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH", "cannot be read")]
    [InlineData("status in (Open, Done, InProgress, \"In review\", Reopened, Closed", "cannot be read")]
    [InlineData("project in (ABCDEFGHIJKLMNOPQRSTUVWXYZABCD = x)", "cannot be read")]
    public void Problem_FilterThatJiraRefuses_IsNamed_Rule3(string jql, string words) =>
        Assert.Contains(words, SubscriptionValidator.Problem(With(jql)), StringComparison.Ordinal);

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("jira:issue_created", " ")]
    public void Problem_NoEvents_IsNamed_Rule3(params string[] events) =>
        Assert.Contains("Events", SubscriptionValidator.Problem(new Subscription("mine", events, "project = SHOP")), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://hooks.example.com/api/deliveries/acme")]
    [InlineData("https://hooks.example.com:8443/api/deliveries/acme")]
    [InlineData("https://hooks.example.com:1885/x")]
    public void Problem_AddressJiraDeliversTo_IsNone_Rule3(string url) => Assert.Null(SubscriptionValidator.Problem(new Uri(url), StubSites.OAuth));

    [Theory]
    [InlineData("http://hooks.example.com/x", "https")]
    [InlineData("https://localhost/x", "this machine")]
    [InlineData("https://hooks.example.com:80/x", "port 80")]
    [InlineData("https://hooks.example.com:9999/x", "port 9999")]
    [InlineData("https://hooks.example.com/x?site=acme", "query")]
    [InlineData("https://hooks.example.com/x#a", "fragment")]
    [InlineData("https://user@hooks.example.com/x", "user info")]
    public void Problem_AddressJiraRefuses_IsNamed_Rule3(string url, string words) =>
        Assert.Contains(words, SubscriptionValidator.Problem(new Uri(url), StubSites.OAuth), StringComparison.Ordinal);

    private static Subscription With(string jql) => new("mine", ["jira:issue_created"], jql);
}
