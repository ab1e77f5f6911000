using System.Text;
using System.Text.Json;
using CsCheck;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>What an account of ours has changed is published with a mark, so that a subscriber that writes to Jira does not answer itself.</summary>
[Collection<Clocked>]
public sealed class OwnChangeTests
{
    private const string Bot = "712020:6a1f6fd8-0000-4f0e-9a3c-1d2e3f405162";
    private const string Human = "5b10a2844c20165700ede21g";
    private static readonly Site Site = StubSites.OAuth with { OwnAccountIds = ["557058:another", Bot] };

    private static readonly Gen<string?> Accounts = Gen.OneOf<string?>(Gen.Const(Bot), Gen.Const(Human), Gen.Const((string?)null));

    [Theory]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"BOT"},"issue":{"id":"1"}}""", true)]
    [InlineData("""{"webhookEvent":"jira:issue_deleted","user":{"accountId":"BOT"}}""", true)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"HUMAN"},"comment":{"updateAuthor":{"accountId":"BOT"}}}""", false)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","issue":{"fields":{"creator":{"accountId":"BOT"}},"user":{"accountId":"BOT"}}}""", false)]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"author":{"accountId":"BOT"}}}""", true)]
    [InlineData("""{"webhookEvent":"comment_updated","comment":{"author":{"accountId":"HUMAN"},"updateAuthor":{"accountId":"BOT"}}}""", true)]
    [InlineData("""{"webhookEvent":"comment_updated","comment":{"author":{"accountId":"BOT"},"updateAuthor":{"accountId":"HUMAN"}}}""", false)]
    [InlineData("""{"webhookEvent":"worklog_updated","worklog":{"author":{"accountId":"HUMAN"},"updateAuthor":{"accountId":"BOT"}}}""", true)]
    [InlineData("""{"webhookEvent":"worklog_created","worklog":{"author":{"accountId":"BOT"},"issueId":"1"}}""", true)]
    [InlineData("""{"webhookEvent":"comment_deleted","comment":{"author":{"accountId":"BOT"},"updateAuthor":{"accountId":"BOT"}}}""", false)]
    [InlineData("""{"comment":{"author":{"accountId":"BOT"}},"webhookEvent":"comment_deleted"}""", false)]
    [InlineData("""{"webhookEvent":"worklog_deleted","worklog":{"author":{"accountId":"BOT"}}}""", false)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"BOT","accountId":"HUMAN"}}""", false)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"BOT"},"user":null}""", false)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"712020\u003a6a1f6fd8-0000-4f0e-9a3c-1d2e3f405162"}}""", true)]
    [InlineData("""{"webhookEvent":"jira:issue_updated","user":"BOT"}""", false)]
    [InlineData("""{"webhookEvent":"attachment_created","attachment":{"author":{"accountId":"BOT"}}}""", true)]
    [InlineData("""{"webhookEvent":"attachment_created","attachment":{"author":{"accountId":"HUMAN"}}}""", false)]
    [InlineData("""{"webhookEvent":"attachment_created","attachment":{"author":{"accountId":"BOT"}},"attachment":{"id":"1"}}""", false)]
    [InlineData("""{"webhookEvent":"attachment_deleted","attachment":{"author":{"accountId":"BOT"}}}""", false)]
    [InlineData("""{"webhookEvent":"user_updated","user":{"accountId":"BOT"}}""", false)]
    [InlineData("""{"webhookEvent":"issuelink_created","issueLink":{"id":1}}""", false)]
    [InlineData("""{"webhookEvent":"sprint_started"}""", false)]
    [InlineData("BOT", false)]
    public void Describe_Actor_DecidesTheMark(string body, bool expected) =>
        Assert.Equal(expected, Describe(Site, Named(body)).OwnChange);

    [Theory]
    [InlineData("712020:6A1F6FD8-0000-4F0E-9A3C-1D2E3F405162")]
    [InlineData("712020:6a1f6fd8")]
    [InlineData("712020:6a1f6fd8-0000-4f0e-9a3c-1d2e3f405162é")]
    public void Describe_NearlyTheSameAccount_IsAnother(string account) =>
        Assert.False(Describe(Site, $$$"""{"webhookEvent":"jira:issue_updated","user":{"accountId":"{{{account}}}"}}""").OwnChange);

    [Fact]
    public void Describe_NoListConfigured_MarksNothing() =>
        Assert.False(Describe(StubSites.OAuth, Named("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"BOT"}}""")).OwnChange);

    [Fact]
    [Trait("Decision", "one-message-id")]
    public void DescribeFailed_OwnChange_HasTheMarkOfTheLiveDelivery()
    {
        var body = Encoding.UTF8.GetBytes(Named("""{"webhookEvent":"jira:issue_updated","user":{"accountId":"BOT"}}"""));

        Assert.True(DeliveryDescriber.DescribeFailed(Site, "abc", body, bodyMissing: false).OwnChange);
    }

    [Fact]
    public async Task ReceiveAsync_OwnChange_IsPublishedUntouchedWithTheMark()
    {
        var harness = new ReceiverHarness { Sites = new StubSites(Site) };
        var body = Encoding.UTF8.GetBytes(Named("""{"webhookEvent":"comment_created","comment":{"author":{"accountId":"BOT"}}}"""));

        Assert.Equal(200, (await harness.SendAsync(harness.Request(Site, body))).Status);

        var message = Assert.Single(harness.Publisher.Messages);
        Assert.Equal(body, message.Body.ToArray());
        Assert.Contains(message.Properties(), property => property is { Key: EventProperties.OwnChange, Value: true });
        Assert.DoesNotContain((message with { OwnChange = false }).Properties(), property => property.Key == EventProperties.OwnChange);
    }

    [Fact]
    public async Task Receive_AccountOfTheSettings_IsMarkedOnItsSiteAlone()
    {
        await using var world = await World.StartAsync();
        world.Settings["Sites:acme:OwnAccountIds:0"] = Bot;
        await world.RefreshAsync();
        foreach (var site in new[] { World.Acme, World.Globex }) world.Jira.Emit(site, "jira:issue_updated", Named("""{"issue":{"id":"1"},"user":{"accountId":"BOT"}}"""));
        await world.DeliverAllAsync();

        Assert.Equal([(World.Acme, true), (World.Globex, false)], world.Publisher.Messages.Select(message => (message.Site, message.OwnChange)).Order());
    }

    /// <summary>Jira promises no order of members: the mark depends on who acted and never on where it stands.</summary>
    [Fact]
    public void Describe_MembersInAnyOrder_MarkTheSame() =>
        Gen.Select(
            Gen.OneOf(Gen.Const("jira:issue_updated"), Gen.Const("comment_updated"), Gen.Const("worklog_updated"), Gen.Const("comment_deleted")),
            Accounts, Accounts, Accounts, Gen.Int).Sample((webhookEvent, user, author, updateAuthor, seed) =>
        {
            var entry = Shuffled(seed, ("id", "7"), ("self", "\"x\""), ("author", Account(author, seed)), ("updateAuthor", Account(updateAuthor, seed + 1)), ("body", "\"accountId\""));
            var room = webhookEvent.StartsWith("worklog", StringComparison.Ordinal) ? "worklog" : "comment";
            var json = webhookEvent.StartsWith("jira", StringComparison.Ordinal)
                ? Shuffled(seed, ("webhookEvent", Text(webhookEvent)), ("user", Account(user, seed)), ("issue", $$"""{"fields":{"comment":{{entry}}},"user":{{entry}}}"""), ("changelog", """{"id":"1"}"""))
                : Shuffled(seed, ("webhookEvent", Text(webhookEvent)), (room, entry), ("issue", $$"""{"author":{{Account(Bot, seed)}}}"""), ("timestamp", "1"));
            var actor = webhookEvent switch
            {
                "jira:issue_updated" => user,
                "comment_deleted" => null,
                _ => updateAuthor ?? author,
            };

            Assert.Equal(actor == Bot, Describe(Site, json).OwnChange);
        }, iter: 5_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Describe_NoMatch_AllocatesNothingMore(bool configured)
    {
        var body = Encoding.UTF8.GetBytes(Named("""{"webhookEvent":"jira:issue_updated","user":{"self":"x","accountId":"HUMAN"},"issue":{"id":"1"}}"""));
        var without = Encoding.UTF8.GetBytes(Named("""{"webhookEvent":"jira:issue_updated","user":{"self":"x","anything1":"HUMAN"},"issue":{"id":"1"}}"""));
        var site = configured ? Site : StubSites.OAuth;
        var headers = new DeliveryHeaders { Identifier = "abc" };

        Assert.Equal(Measure(StubSites.OAuth, without), Measure(site, body));

        long Measure(Site site, byte[] json) => Enumerable.Range(0, 100).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            DeliveryDescriber.Describe(site, headers, json);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private static DeliveryMessage Describe(Site site, string body) =>
        DeliveryDescriber.Describe(site, DeliveryHeaders.Of(new HeaderDictionary()), Encoding.UTF8.GetBytes(body));

    private static string Named(string body) => body.Replace("BOT", Bot, StringComparison.Ordinal).Replace("HUMAN", Human, StringComparison.Ordinal);

    private static string Account(string? id, int seed) =>
        id is null ? "null" : Shuffled(seed, ("accountId", Text(id)), ("self", "\"https://acme.atlassian.net\""), ("displayName", Text(Bot)), ("avatarUrls", """{"accountId":"x"}"""));

    private static string Shuffled(int seed, params (string Name, string Value)[] members)
    {
        new Random(seed).Shuffle(members);
        return $"{{{string.Join(',', members.Select(member => $"{Text(member.Name)}:{member.Value}"))}}}";
    }

    private static string Text(string text) => JsonSerializer.Serialize(text);
}
