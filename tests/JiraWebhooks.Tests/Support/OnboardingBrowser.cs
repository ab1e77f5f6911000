using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using JiraWebhooks.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Support;

/// <summary>A page that a browser was shown.</summary>
internal sealed record BrowserPage(int Status, string Html, Uri? Location, string Cookie, string Policy = "");

/// <summary>A person's browser on the way through onboarding; it keeps its cookies and nothing else.</summary>
internal sealed partial class OnboardingBrowser(IServiceProvider services, HttpClient atlassian)
{
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The instance that answers.</summary>
    public IServiceProvider Services { get; set; } = services;

    public Task<BrowserPage> StartAsync(string query = "") => AskAsync((onboarding, request) => onboarding.StartAsync(request, CancellationToken.None), query);

    /// <summary>The person agrees on Atlassian's page; gives the query with which the browser comes back.</summary>
    public async Task<string> AgreeAsync(BrowserPage start)
    {
        using var consent = await atlassian.GetAsync(start.Location);
        Assert.Equal(HttpStatusCode.Found, consent.StatusCode);
        Assert.Equal("https://hooks.example.com/api/oauth/callback", consent.Headers.Location!.GetLeftPart(UriPartial.Path));
        return consent.Headers.Location.Query;
    }

    public Task<BrowserPage> CallbackAsync(string query) => AskAsync((onboarding, request) => onboarding.CallbackAsync(request, CancellationToken.None), query);

    /// <summary>Sends the form of <paramref name="choice"/> with these sites ticked.</summary>
    public Task<BrowserPage> ChooseAsync(BrowserPage choice, params string[] cloudIds)
    {
        var form = $"state={StateField().Match(choice.Html).Groups[1].Value}" + string.Concat(cloudIds.Select(id => $"&site={id}"));
        return AskAsync((onboarding, request) => onboarding.ChooseAsync(request, CancellationToken.None), "", form);
    }

    private async Task<BrowserPage> AskAsync(Func<OAuthOnboarding, HttpRequest, Task<IResult>> ask, string query, string? form = null)
    {
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.QueryString = new QueryString(query);
        lock (_cookies) context.Request.Headers.Cookie = string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        if (form is not null)
        {
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(form));
        }

        context.Response.Body = answer;
        await (await ask(Services.GetRequiredService<OAuthOnboarding>(), context.Request)).ExecuteAsync(context);

        var set = context.Response.Headers.SetCookie.ToString();
        foreach (var cookie in context.Response.Headers.SetCookie) Keep(cookie!);
        var location = context.Response.Headers.Location.ToString();
        return new BrowserPage(
            context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), location.Length > 0 ? new Uri(location) : null,
            set, context.Response.Headers.ContentSecurityPolicy.ToString());
    }

    private void Keep(string cookie)
    {
        var pair = cookie.Split(';')[0].Split('=', 2);
        lock (_cookies)
        {
            if (pair[1].Length > 0) _cookies[pair[0]] = pair[1];
            else _cookies.Remove(pair[0]);
        }
    }

    [GeneratedRegex("name=\"state\" value=\"([0-9a-f]+)\"")]
    private static partial Regex StateField();
}
