using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.Tests.Publishing;

/// <summary>Which references a subscriber's reader follows. What it follows, it reads from its own container.</summary>
public sealed class DeliveryBodyReaderTests
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

        var body = await storage.Reader(container).ReadAsync(BinaryData.FromString(""), Properties(reference), Token);

        Assert.Equal("the body", body.ToString());
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

        await Assert.ThrowsAsync<ArgumentException>(() => storage.Reader(container).ReadAsync(BinaryData.FromString(""), Properties(reference), Token));

        Assert.Null(storage.Asked);
    }

    private static Dictionary<string, object> Properties(string reference) => new() { [MessageProperties.DataRef] = reference };

    private sealed class Storage : HttpMessageHandler
    {
        public Uri? Asked { get; private set; }

        public DeliveryBodyReader Reader(string container) =>
            new(new BlobContainerClient(new Uri(container), new BlobClientOptions { Transport = new HttpClientTransport(this), Retry = { MaxRetries = 0 } }));

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
