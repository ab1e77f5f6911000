using BenchmarkDotNet.Attributes;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Benchmarks;

/// <summary>The app's own work for a delivery between the network and the bus: verify, read the envelope, describe.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class DeliveryBenchmarks
{
    private readonly DefaultHttpContext _context = new();
    private byte[] _body = [];
    private Site _site = null!;

    [Params(Payloads.Small, Payloads.Medium, Payloads.Large)]
    public int Size { get; set; }

    [Params(SiteScheme.AdminWebhook, SiteScheme.OAuth, SiteScheme.Connect)]
    public SiteScheme Scheme { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = Payloads.Jira(Size);
        _site = TestSites.Make(Scheme);
        var (name, value) = TestSites.Signature(_site, _body);
        _context.Request.Method = "POST";
        _context.Request.Path = $"/api/deliveries/{_site.Id}";
        _context.Request.ContentType = "application/json; charset=utf-8";
        _context.Request.Headers[name] = value;
        _context.Request.Headers["X-Atlassian-Webhook-Identifier"] = "0123456789abcdef0123456789abcdef";
        _context.Request.Headers["X-Atlassian-Webhook-Flow"] = "Primary";
        if (Verify() is not Verification.Authentic) throw new InvalidOperationException("The benchmark's signature is invalid.");
    }

    [Benchmark]
    public DeliveryMessage VerifyReadDescribe()
    {
        if (Verify() is not Verification.Authentic) throw new InvalidOperationException("The benchmark's signature is invalid.");
        return DeliveryDescriber.Describe(_site, DeliveryHeaders.Of(_context.Request.Headers), _body);
    }

    [Benchmark]
    public int VerifyOnly() => (int)Verify();

    [Benchmark]
    public bool ReadOnly() => EnvelopeReader.Read(_body).IsReadable;

    private Verification Verify() =>
        DeliveryVerifier.VerifyHead(_context.Request, _site, TestSites.Options, TimeProvider.System.GetUtcNow(), out _) ?? VerifyBody();

    private Verification VerifyBody()
    {
        var hash = DeliveryVerifier.BeginBody(_context.Request, _site)!;
        hash.AppendData(_body);
        return DeliveryVerifier.VerifyBody(_context.Request, hash, _body, _site);
    }
}
