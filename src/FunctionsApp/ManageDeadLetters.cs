using JiraWebhooks.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Lists, redrives and drops dead letters. Every function requires a function key.</summary>
public sealed class ManageDeadLetters(DeadLettersApi api)
{
    /// <summary>Lists dead letters of a subscription.</summary>
    [Function("ListDeadLetters")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = DeadLettersApi.Route)] HttpRequest request, string subscription) =>
        api.ListAsync(request, subscription);

    /// <summary>Sends dead letters to their subscription again.</summary>
    [Function("RedriveDeadLetters")]
    public Task<IResult> RedriveAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = DeadLettersApi.Route + "/redrive")] HttpRequest request, string subscription) =>
        api.RedriveAsync(request, subscription);

    /// <summary>Removes dead letters.</summary>
    [Function("DropDeadLetters")]
    public Task<IResult> DropAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = DeadLettersApi.Route + "/drop")] HttpRequest request, string subscription) =>
        api.DropAsync(request, subscription);
}
