using System.Globalization;
using EndToEnd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Contract;

/// <summary>A time series as a collector sees it: <c>name{tag=value,…}</c> with unit and kind.</summary>
internal sealed record Series(string Name, string Kind, string Unit, string Tags)
{
    public override string ToString() => $"{Name}{{{Tags}}}";
}

/// <summary>An OpenTelemetry collector: takes metrics over OTLP and HTTP (<see href="https://opentelemetry.io/docs/specs/otlp/"/>), and logs
/// and traces unread.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly Lock _access = new();
    private Dictionary<Series, double> _latest = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly MemoryStream _all = new();
    private WebApplication _server = null!;

    private Collector(int port) => Address = new Uri($"http://localhost:{port}");

    public Uri Address { get; }

    public static async Task<Collector> StartAsync(CancellationToken cancellationToken)
    {
        var collector = new Collector(LocalHostProcess.FreePort());
        collector._server = await LocalServer.StartAsync(collector.Address.Port, server => server.MapPost("/v1/{signal}", collector.TakeAsync), cancellationToken);
        return collector;
    }

    /// <summary>All series of the meter as they are after whatever has happened so far: the first export from now on may have been read before.</summary>
    public async Task<IReadOnlyDictionary<Series, double>> ReadAsync(CancellationToken cancellationToken)
    {
        for (var export = 0; export < 2; export++)
        {
            Task next;
            lock (_access) next = _next.Task;
            await next.WaitAsync(cancellationToken);
        }

        lock (_access) return _latest;
    }

    /// <summary>All that was sent so far, as bytes: metrics, logs and traces.</summary>
    public byte[] Everything()
    {
        lock (_access) return _all.ToArray();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request, string signal)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        lock (_access) body.WriteTo(_all);
        if (signal == "metrics") Take(body.ToArray());
        return Results.Bytes([], "application/x-protobuf");
    }

    private void Take(byte[] export)
    {
        // ExportMetricsServiceRequest, ResourceMetrics, ScopeMetrics, Metric.
        var scopes = new ProtobufField(0, 0, export).Fields(1).SelectMany(resource => resource.Fields(2))
            .Where(scope => scope.Fields(1).Single().Fields(1).Single().Text == Names.Meter);
        var series = scopes.SelectMany(scope => scope.Fields(2)).SelectMany(Points).ToDictionary(point => point.Series, point => point.Value);
        lock (_access)
        {
            _latest = series;
            _next.SetResult();
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static IEnumerable<(Series Series, double Value)> Points(ProtobufField metric)
    {
        var (name, unit) = (metric.Fields(1).Single().Text, metric.Fields(3).Single().Text);
        foreach (var point in metric.Fields(5).SelectMany(gauge => gauge.Fields(1))) yield return (new(name, "gauge", unit, Tags(point, 7)), Number(point));
        foreach (var point in metric.Fields(7).SelectMany(sum => sum.Fields(1))) yield return (new(name, "sum", unit, Tags(point, 7)), Number(point));
        foreach (var point in metric.Fields(9).SelectMany(histogram => histogram.Fields(1))) yield return (new(name, "histogram", unit, Tags(point, 9)), point.Fields(4).Single().Scalar);
    }

    private static double Number(ProtobufField point) => point.Fields(4).Select(field => field.Double).Concat(point.Fields(6).Select(field => (double)(long)field.Scalar)).Single();

    private static string Tags(ProtobufField point, int number) =>
        string.Join(',', point.Fields(number).Select(tag => $"{tag.Fields(1).Single().Text}={Text(tag.Fields(2).Single())}").Order(StringComparer.Ordinal));

    private static string Text(ProtobufField value) => ProtobufReader.Read(value.Bytes).Single() switch
    {
        { Number: 1 } text => text.Text,
        var number => number.Scalar.ToString(CultureInfo.InvariantCulture),
    };
}
