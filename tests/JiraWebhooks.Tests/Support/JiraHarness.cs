using System.Collections.Concurrent;
using System.Net;
using System.Text;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using LocalHost.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Support;

/// <summary>The real client and its real pipeline on a scripted Jira and a clock that moves only when told.</summary>
internal sealed class JiraHarness : IDisposable
{
    private readonly ServiceProvider _services;

    public JiraHarness()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IAccessTokenSource>(Tokens);
        services.AddJiraClient();
        services.AddHttpClient(JiraServiceCollectionExtensions.ClientName).ConfigurePrimaryHttpMessageHandler(() => Jira);
        _services = services.BuildServiceProvider();
    }

    public SimulatedClock Clock { get; } = Clocked.NewClock();

    public ScriptedJira Jira { get; } = new();

    public StubTokens Tokens { get; } = new();

    public JiraWebhookClient Client => _services.GetRequiredService<JiraWebhookClient>();

    public void Dispose() => _services.Dispose();
}

/// <summary>Answers from a list, the last one for ever, and keeps what it was asked.</summary>
internal sealed class ScriptedJira : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public ScriptedJira Answer(int status, string body = "", params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(() =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
            return response;
        });
        return this;
    }

    public ScriptedJira Fail(Exception error)
    {
        _answers.Enqueue(() => throw error);
        return this;
    }

    /// <summary>Answers 200, and then the body does not come.</summary>
    public void AnswerWithAStuckBody() => _answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StuckStream()) });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Enqueue(new(request.Method.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), body, request.Content?.Headers.ContentLength)
        {
            UserAgent = request.Headers.UserAgent.ToString(),
            Accept = request.Headers.Accept.ToString(),
        });
        var response = (_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek())();
        response.RequestMessage = request;
        return response;
    }
}

internal sealed record Asked(string Method, Uri Uri, string? Authorization, string? Body, long? Length)
{
    public string UserAgent { get; init; } = "";

    public string Accept { get; init; } = "";
}

internal sealed class StuckStream : MemoryStream
{
    // Without a length, as a body that comes in pieces.
    public override bool CanSeek => false;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return 0;
    }
}

/// <summary>Gives <c>token-1</c>, and the next number for each one that was rejected.</summary>
internal sealed class StubTokens : IAccessTokenSource
{
    private int _number = 1;

    public Exception? Failure { get; set; }

    public Queue<Exception> Failures { get; } = [];

    public ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw failure;
        if (Failures.TryDequeue(out var once)) throw once;
        if (rejected == $"token-{_number}") _number++;
        return new($"token-{_number}");
    }
}
