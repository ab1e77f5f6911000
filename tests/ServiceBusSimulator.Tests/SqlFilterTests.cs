using CsCheck;
using ServiceBusSimulator.Filters;

namespace ServiceBusSimulator.Tests;

public sealed class SqlFilterTests
{
    private static readonly Dictionary<string, object?> Message = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cloudEvents_type"] = "jira:issue_created",
        ["jira_site"] = "acme",
        ["jira_issue_key"] = "SHOP-12_b",
        ["jira_recovered"] = true,
        ["jira_retry"] = 3,
        ["sys.Label"] = "jira:issue_created",
    };

    [Theory]
    [InlineData("cloudEvents_type = 'jira:issue_created'", true)]
    [InlineData("CLOUDEVENTS_TYPE = 'jira:issue_created'", true)]
    [InlineData("cloudEvents_type = 'JIRA:ISSUE_CREATED'", false)]
    [InlineData("user.jira_site = 'acme'", true)]
    [InlineData("[jira_site] = 'acme' AND \"jira_site\" <> 'globex'", true)]
    [InlineData("sys.Label = 'jira:issue_created'", true)]
    [InlineData("jira_site <> 'acme'", false)]
    [InlineData("jira_retry = 3", true)]
    [InlineData("jira_retry = 3.0", true)]
    [InlineData("jira_retry = '3'", false)]
    [InlineData("jira_recovered = TRUE", true)]
    [InlineData("NOT jira_recovered = true", false)]
    [InlineData("cloudEvents_type LIKE 'jira:issue[_]%'", false)]
    [InlineData("cloudEvents_type LIKE 'jira:issue%'", true)]
    [InlineData("cloudEvents_type LIKE 'jira:issue_create_'", true)]
    [InlineData("jira_issue_key LIKE '%\\_b' ESCAPE '\\'", true)]
    [InlineData("jira_issue_key LIKE 'SHOP\\_%' ESCAPE '\\'", false)]
    [InlineData("jira_issue_key NOT LIKE 'OPS-%'", true)]
    [InlineData("jira_site IN ('globex', 'acme')", true)]
    [InlineData("jira_site NOT IN ('globex', 'initech')", true)]
    [InlineData("jira_to IS NULL", true)]
    [InlineData("jira_site IS NOT NULL", true)]
    [InlineData("jira_site = 'globex' OR jira_site = 'acme' AND jira_retry = 4", false)]
    [InlineData("(jira_site = 'globex' OR jira_site = 'acme') AND jira_retry = 3", true)]
    [InlineData("(jira_site = 'acme') AND (jira_to IS NULL OR jira_to = 'default')", true)]
    public void Matches_Message_IsAsDocumented(string filter, bool expected) => Assert.Equal(expected, SqlFilter.Parse(filter).Matches(Message.GetValueOrDefault));

    /// <summary>Neither a comparison with an absent property nor its negation matches.</summary>
    [Theory]
    [InlineData("absent = 'x'")]
    [InlineData("NOT absent = 'x'")]
    [InlineData("absent <> 'x'")]
    [InlineData("absent LIKE '%'")]
    [InlineData("absent NOT LIKE 'x'")]
    [InlineData("absent IN ('x')")]
    [InlineData("absent NOT IN ('x')")]
    public void Matches_AbsentProperty_IsUnknown(string filter) => Assert.False(SqlFilter.Parse(filter).Matches(Message.GetValueOrDefault));

    [Theory]
    [InlineData("a = ", "position 5")]
    [InlineData("a > 1", "> at position 3")]
    [InlineData("a + 1 = 2", "+ at position 3")]
    [InlineData("a != 1", "! at position 3")]
    [InlineData("a = 'x", "begins at position 5")]
    [InlineData("a = 'x' AND", "the end at position 12")]
    [InlineData("a = 'x' b", "'b' at position 9")]
    [InlineData("(a = 'x'", "position 9")]
    [InlineData("EXISTS(a)", "'EXISTS' at position 1")]
    [InlineData("newid() = 'x'", "newid at position 1")]
    [InlineData("a IN ()", "position 7")]
    [InlineData("a LIKE b", "position 8")]
    [InlineData("a LIKE 'x' ESCAPE 'xy'", "one character")]
    [InlineData("", "the end at position 1")]
    public void Parse_AnythingElse_IsRefusedWithItsPosition(string filter, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => SqlFilter.Parse(filter)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AnyText_AnswersOrRefuses() => Gen.String.Sample(text =>
    {
        try
        {
            SqlFilter.Parse(text).Matches(Message.GetValueOrDefault);
        }
        catch (FormatException)
        {
            // refused
        }
    });

    [Fact]
    public void Matches_QuotedText_IsEqualToItself() => Gen.String.Sample(text =>
        Assert.True(SqlFilter.Parse($"a = '{text.Replace("'", "''", StringComparison.Ordinal)}'").Matches(name => name == "a" ? text : null)));
}
