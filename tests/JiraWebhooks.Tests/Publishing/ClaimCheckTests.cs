using System.Net;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Tests.Publishing;

/// <summary>What storage answers to a body, and what that says about the body: 200 to Jira rests on it.</summary>
public sealed class ClaimCheckTests
{
    private static readonly DeliveryMessage Message = new()
    {
        Site = "acme",
        Identifier = "id-1",
        MessageId = "acme:id-1",
        SessionId = "acme:10002",
        Source = "https://acme.atlassian.net",
        Type = "jira:issue_updated",
        Body = "{}"u8.ToArray(),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.Conflict, "BlobAlreadyExists")]
    [InlineData(HttpStatusCode.PreconditionFailed, "ConditionNotMet")]
    [Trait("Decision", "claim-check")]
    public async Task Store_TheBodyIsThere_IsDone(HttpStatusCode status, string code)
    {
        using var storage = new Storage { Status = status, Code = code };

        Assert.Equal($"https://example.blob.core.windows.net/jira-bodies/{ClaimCheck.BlobName(Message)}", (await storage.ClaimCheck().StoreAsync(Message, Token)).AbsoluteUri);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict, "ContainerBeingDeleted", 2)]
    [InlineData(HttpStatusCode.NotFound, "ContainerNotFound", 2)]
    [InlineData(HttpStatusCode.Conflict, "BlobBeingRehydrated", 1)]
    [InlineData(HttpStatusCode.Conflict, null, 1)]
    [InlineData(HttpStatusCode.PreconditionFailed, "LeaseIdMissing", 1)]
    [InlineData(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch", 1)]
    [Trait("Decision", "200-after-publish")]
    public async Task Store_AnyOtherRefusal_Fails_AndAContainerThatIsGoneIsCreatedAgain(HttpStatusCode status, string? code, int created)
    {
        using var storage = new Storage { Status = status, Code = code };
        var claims = storage.ClaimCheck();

        await Assert.ThrowsAsync<RequestFailedException>(() => claims.StoreAsync(Message, Token));
        (storage.Status, storage.Code) = (HttpStatusCode.Created, null);
        await claims.StoreAsync(Message, Token);

        Assert.Equal(created, storage.ContainersCreated);
    }

    /// <summary>A repeat must not write over the body that an earlier message refers to, and a reader learns from storage what the bytes are.</summary>
    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Store_ABody_IsWrittenOnlyIfItIsNotThere_WithItsType()
    {
        using var storage = new Storage { Status = HttpStatusCode.Created };

        await storage.ClaimCheck().StoreAsync(Message with { ContentType = "application/json; charset=utf-8" }, Token);

        Assert.Equal("*", storage.IfNoneMatch);
        Assert.Equal("application/json; charset=utf-8", storage.ContentType);
    }

    /// <summary>Storage that creates every container, and answers a body as it is told.</summary>
    private sealed class Storage : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; }

        public string? Code { get; set; }

        public int ContainersCreated { get; private set; }

        public string? IfNoneMatch { get; private set; }

        public string? ContentType { get; private set; }

        public ClaimCheck ClaimCheck()
        {
            var options = new BlobClientOptions { Transport = new HttpClientTransport(this), Retry = { MaxRetries = 0 } };
            return new(new LazyContainer(new BlobServiceClient(new Uri("https://example.blob.core.windows.net"), options), "jira-bodies"));
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isContainer = request.RequestUri!.Query.Contains("restype=container", StringComparison.Ordinal);
            if (isContainer) ContainersCreated++;
            else (IfNoneMatch, ContentType) = (request.Headers.IfNoneMatch.ToString(), request.Headers.GetValues("x-ms-blob-content-type").Single());

            var response = new HttpResponseMessage(isContainer ? HttpStatusCode.Created : Status) { Content = new ByteArrayContent([]) };
            response.Headers.TryAddWithoutValidation("ETag", "\"0x1\"");
            response.Content.Headers.TryAddWithoutValidation("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
            if (!isContainer && Code is not null) response.Headers.Add("x-ms-error-code", Code);
            return Task.FromResult(response);
        }
    }
}
