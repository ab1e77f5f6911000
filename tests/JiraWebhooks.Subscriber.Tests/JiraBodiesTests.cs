using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace JiraWebhooks.Subscriber.Tests;

/// <summary>Which references a subscriber's reader follows. What it follows, it reads from its own container.</summary>
public sealed class JiraBodiesTests
{
    private const string Blob = "acme/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Azure = "https://example.blob.core.windows.net/jira-bodies";
    private const string Emulator = "http://127.0.0.1:10000/local/jira-bodies";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Azure, Azure + "/" + Blob)]
    [InlineData(Emulator, Emulator + "/" + Blob)]
    [InlineData(Emulator, "http://127.0.0.1:34567/local/jira-bodies/" + Blob)]
    [InlineData(Emulator, "http://localhost:10000/local/jira-bodies/" + Blob)]
    [InlineData("http://azurite:10000/local/jira-bodies", "http://azurite:20000/local/jira-bodies/" + Blob)]
    public async Task Read_BodyOfThisAccountAndContainer_IsReadHereWhateverThePort(string container, string reference)
    {
        using var storage = new Storage();

        var read = await storage.Reader(container).LoadAsync(Event(reference), Token);

        Assert.Equal("the body", read.Body.ToString());
        Assert.Equal($"{container}/{Blob}", storage.Asked?.AbsoluteUri);
    }

    [Theory]
    [InlineData(Azure, "https://other.blob.core.windows.net/jira-bodies/" + Blob)]
    [InlineData(Azure, "https://example.blob.core.windows.net.example.org/jira-bodies/" + Blob)]
    [InlineData(Azure, "http://127.0.0.1:10000/jira-bodies/" + Blob)]
    [InlineData(Azure, "https://example.blob.core.windows.net/deployments/" + Blob)]
    [InlineData(Azure, "https://example.blob.core.windows.net/jira-bodies/../deployments/" + Blob)]
    [InlineData(Azure, "https://example.blob.core.windows.net/x/../jira-bodies/" + Blob)]
    [InlineData(Azure, Azure + "/" + Blob + "?sig=x")]
    [InlineData(Azure, Azure + "/" + Blob + "#x")]
    [InlineData(Azure, "https://user:password@example.blob.core.windows.net/jira-bodies/" + Blob)]
    [InlineData(Azure, Azure + "/acme/secret")]
    [InlineData(Azure, "/jira-bodies/" + Blob)]
    [InlineData(Emulator, "http://127.0.0.1:10000/other/jira-bodies/" + Blob)]
    [InlineData(Emulator, "http://127.0.0.1:10000/local/other/" + Blob)]
    [InlineData(Emulator, "http://192.0.2.7:10000/local/jira-bodies/" + Blob)]
    [InlineData(Emulator, "")]
    public async Task Read_AnythingElse_IsNotAskedFor(string container, string reference)
    {
        using var storage = new Storage();

        await Assert.ThrowsAsync<ArgumentException>(() => storage.Reader(container).LoadAsync(Event(reference), Token));

        Assert.Null(storage.Asked);
    }

    [Fact]
    public async Task Load_BodyInTheMessage_AsksForNothing()
    {
        using var storage = new Storage();
        var message = Event(Azure + "/" + Blob).WithBody(BinaryData.FromString("{}"));

        Assert.Same(message, await storage.Reader(Azure).LoadAsync(message, Token));
        Assert.Null(storage.Asked);
    }

    [Fact]
    public async Task Load_BodyAboveTheLimit_IsRefused()
    {
        using var storage = new Storage();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => storage.Reader(Azure, maxBytes: 7).LoadAsync(Event(Azure + "/" + Blob), Token));

        Assert.Contains("8 bytes", error.Message, StringComparison.Ordinal);
    }

    private static JiraEvent Event(string reference) => new()
    {
        Type = "jira:issue_updated",
        Site = "acme",
        Identifier = "1",
        MessageId = "acme:1",
        DataRef = new Uri(reference, UriKind.RelativeOrAbsolute),
    };

    private sealed class Storage : HttpMessageHandler
    {
        public Uri? Asked { get; private set; }

        public JiraBodies Reader(string container, long maxBytes = JiraBodies.DefaultMaxBytes) =>
            new(new BlobContainerClient(new Uri(container), new BlobClientOptions { Transport = new HttpClientTransport(this), Retry = { MaxRetries = 0 } }), maxBytes);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri;
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("the body") };
            response.Headers.TryAddWithoutValidation("ETag", "\"0x1\"");
            response.Content.Headers.TryAddWithoutValidation("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
            return Task.FromResult(response);
        }
    }
}
