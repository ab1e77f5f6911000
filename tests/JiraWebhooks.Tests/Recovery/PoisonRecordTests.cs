using JiraSimulator;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>A record that cannot be described would stop its page, and with it the cursor, for ever: there is no such record.</summary>
[Collection<Clocked>]
public sealed class PoisonRecordTests
{
    [Theory]
    [InlineData("""{"\ud800":1,"webhookEvent":"jira:issue_updated"}""", false)]
    [InlineData("""{"issue":{"id":"1","\udc00":1},"webhookEvent":"jira:issue_updated"}""", false)]
    [InlineData("""{"webhookEvent":"\ud800"}""", false)]
    [InlineData("""{"webhookEvent":""", true)]
    [InlineData("\0", true)]
    [Trait("Decision", "200-after-publish")]
    public async Task Run_UnexpectedRecord_IsPublishedAndTheOthersToo(string body, bool unparsed)
    {
        await using var world = await World.StartAsync();
        await world.RefreshAsync();
        var time = world.Clock.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds();
        world.Site(World.Globex).AddFailed(new FailedRecord("before", "u", time, """{"webhookEvent":"x"}"""));
        world.Site(World.Globex).AddFailed(new FailedRecord("poison", "u", time + 1, body));
        world.Site(World.Globex).AddFailed(new FailedRecord("after", "u", time + 2, """{"webhookEvent":"x"}"""));

        var result = await world.PollAsync(World.Globex);

        Assert.Equal(3, result.Recovered);
        Assert.Null(result.Problem);
        Assert.Equal(["globex:before", "globex:poison", "globex:after"], world.Publisher.Messages.Select(message => message.MessageId));
        Assert.Equal(unparsed, world.Publisher.Messages.ElementAt(1).Unparsed);
        Assert.Equal(body, System.Text.Encoding.UTF8.GetString(world.Publisher.Messages.ElementAt(1).Body.Span));
    }

    /// <summary>Here it is the list itself that no JSON reader of .NET takes.</summary>
    [Theory]
    [InlineData("""\ud83d""", "\uFFFD")]
    [InlineData("""\uDE00\uD83D""", "\uFFFD\uFFFD")]
    [InlineData("""\ud83d\ude00\ude00\u00e9""", "\U0001F600\uFFFD\u00e9")]
    [InlineData("""\\\\ud83d\ud83d""", "\\\\ud83d\uFFFD")]
    [Trait("Decision", "200-after-publish")]
    public async Task Run_HalfASurrogatePairInTheAnswer_IsPublishedReplaced(string escaped, string expected)
    {
        await using var world = await World.StartAsync();
        await world.RefreshAsync();
        var time = world.Clock.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds();
        var record = $$"""{"id":"poison","url":"u","failureTime":{{time}},"body":"{\"webhookEvent\":\"a\",\"summary\":\"{{escaped}}\"}"}""";
        world.Site(World.Globex).Faults.FailNext("/failed", 200, body: $$"""{"maxResults":25,"values":[{{record}}]}""");

        var result = await world.PollAsync(World.Globex);

        Assert.Equal(1, result.Recovered);
        Assert.Null(result.Problem);
        Assert.Equal($$"""{"webhookEvent":"a","summary":"{{expected}}"}""", System.Text.Encoding.UTF8.GetString(Assert.Single(world.Publisher.Messages).Body.Span));
    }
}
