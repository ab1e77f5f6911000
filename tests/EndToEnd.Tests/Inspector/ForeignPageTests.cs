using EndToEnd.Tests.Support;
using LocalHost.Functions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Inspector;

/// <summary>Neither another page in the browser nor a caller from elsewhere gets at the inspector, even with the key.</summary>
public sealed class ForeignPageTests(Browser browser, InspectorFixture host) : IClassFixture<Browser>, IClassFixture<InspectorFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Calls => new()
    {
        { "GET", "/inspector/api/stream" },
        { "GET", "/inspector/api/minutes?minutes=15" },
        { "GET", "/inspector/api/grants" },
        { "GET", "/inspector/api/bus" },
        { "GET", "/inspector/api/deliveries/1" },
        { "POST", "/inspector/api/deliveries/1/again" },
    };

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(Calls))]
    public async Task Call_WithoutTheKeyOrFromElsewhere_IsRefused(string method, string path)
    {
        Assert.Equal(401, await StatusAsync(method, path));
        Assert.Equal(401, await StatusAsync(method, path, (FunctionKey.Header, "another")));
        foreach (var (name, value) in Elsewhere) Assert.Equal(404, await StatusAsync(method, path, (FunctionKey.Header, LocalHostProcess.Key()), (name, value)));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Page_FromElsewhere_IsNotThere()
    {
        Assert.Equal(200, await StatusAsync("GET", "/"));
        foreach (var file in new[] { "/", "/inspector/main.js", "/inspector/style.css" })
        {
            foreach (var (name, value) in Elsewhere) Assert.Equal(404, await StatusAsync("GET", file, (name, value)));
        }
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Page_HasAPolicyThatAllowsOnlyItsOwnFiles()
    {
        using var answer = await host.Http.GetAsync("/", Token);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("http", (await answer.Content.ReadAsStringAsync(Token)).Replace("https://", "http", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task PageOfAnotherOrigin_CannotCallTheApi()
    {
        var port = LocalHostProcess.FreePort();
        await using var server = await LocalServer.StartAsync(port, app => app.MapGet("/", () => Results.Content("<!doctype html><title>another</title>", "text/html")), Token);
        var page = await browser.OpenAsync($"http://localhost:{port}/");
        var script = $$"""
            async key => {
              const seen = [];
              for (const [mode, headers] of [['cors', { 'x-functions-key': key }], ['cors', {}], ['no-cors', {}]]) {
                for (const path of ['/inspector/api/minutes?minutes=15', '/inspector/api/minutes?minutes=15&code=' + key, '/']) {
                  try {
                    const answer = await fetch('{{host.Address.AbsoluteUri.TrimEnd('/')}}' + path, { mode, headers });
                    seen.push(answer.type + ' ' + await answer.text());
                  } catch (error) {
                    seen.push('blocked');
                  }
                }
              }
              return [...new Set(seen)].join('|');
            }
            """;

        Assert.Equal("blocked|opaque ", await page.EvaluateAsync<string>(script, LocalHostProcess.Key()));
    }

    private static IEnumerable<(string Name, string Value)> Elsewhere =>
        [("Host", "hooks.example.com"), ("X-Forwarded-For", "203.0.113.7"), ("Origin", "https://evil.example.com"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")];

    private async Task<int> StatusAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)answer.StatusCode;
    }
}
