using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EmptyFunctionsApp;

/// <summary>Answers 200.</summary>
public sealed class Empty
{
    [Function(nameof(Empty))]
    public void Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "empty")] HttpRequest request) => request.HttpContext.Response.StatusCode = StatusCodes.Status200OK;
}
