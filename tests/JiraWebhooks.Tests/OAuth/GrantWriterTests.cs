using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using LocalHost.Connect;
using LocalHost.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>A grant that a person gives while the old one is rotated. The store overwrites, as Key Vault does.</summary>
[Collection<Clocked>]
public sealed class GrantWriterTests
{
    private static readonly OAuthGrant Given = new() { RefreshToken = "given" };
    private static readonly OAuthGrant Rotated = new() { RefreshToken = "rotated" };

    private readonly OAuthHarness _harness = new();
    private readonly GrantWriter _writer;

    public GrantWriterTests() => _writer = new GrantWriter(_harness.Store, _harness.Leases, _harness.Clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task Write_RotationUnderWay_WaitsForItAndStands()
    {
        var lease = _harness.Leases.TryAcquire(GrantRotation.LeaseKind, OAuthHarness.Grant, TimeSpan.FromSeconds(30))!;
        var writing = _writer.TryWriteAsync(OAuthHarness.Grant, _ => Given, Token);

        _harness.Store.Overwrite(OAuthHarness.Grant, Rotated);
        _harness.Leases.Release(GrantRotation.LeaseKind, OAuthHarness.Grant, lease);

        Assert.True(await _harness.Clock.DriveAsync(writing));
        Assert.Equal(Given, _harness.Stored);
    }

    [Fact]
    public async Task Write_HolderHasDied_IsWaitedOut()
    {
        _harness.Leases.TryAcquire(GrantRotation.LeaseKind, OAuthHarness.Grant, GrantRotation.LeaseTime);

        Assert.True(await _harness.Clock.DriveAsync(_writer.TryWriteAsync(OAuthHarness.Grant, _ => Given, Token)));
        Assert.Equal(Given, _harness.Stored);
    }

    [Fact]
    public async Task Write_AnotherWriterWithoutTheLeaseIsFaster_Fails()
    {
        _harness.Store.BeforeWrite = _ =>
        {
            _harness.Store.Put(OAuthHarness.Grant, Rotated);
            return Task.CompletedTask;
        };

        Assert.False(await _writer.TryWriteAsync(OAuthHarness.Grant, _ => Given, Token));
        Assert.Equal(Rotated, _harness.Stored);
    }

    /// <summary>The patience is a time that passes, not a time of day.</summary>
    [Fact]
    public async Task Write_ClockIsSetBackMeanwhile_GivesUpAfterTheSameTime()
    {
        var clock = new ShiftedClock(_harness.Clock);
        var began = _harness.Clock.GetUtcNow();
        _harness.Leases.TryAcquire(GrantRotation.LeaseKind, OAuthHarness.Grant, TimeSpan.FromDays(1));
        var writing = new GrantWriter(_harness.Store, _harness.Leases, clock).TryWriteAsync(OAuthHarness.Grant, _ => Given, Token);
        clock.Ahead = TimeSpan.FromHours(-5);

        await Assert.ThrowsAsync<TimeoutException>(() => _harness.Clock.DriveAsync(writing));

        Assert.InRange((_harness.Clock.GetUtcNow() - began).TotalSeconds, 40, 42);
    }

    [Fact]
    public async Task Write_LeaseNeverFree_GivesUp()
    {
        var forever = _harness.Leases.TryAcquire(GrantRotation.LeaseKind, OAuthHarness.Grant, TimeSpan.FromDays(1));

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _harness.Clock.DriveAsync(_writer.TryWriteAsync(OAuthHarness.Grant, _ => Given, Token)));
        Assert.Contains($"{OAuthHarness.Grant} is being refreshed by another process", error.Message, StringComparison.Ordinal);
        Assert.NotNull(forever);
        Assert.Null(_harness.Stored);
    }

    [Fact]
    public async Task Connect_NameThatNoStoreCanHold_IsRefusedBeforeAnybodyConsents()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("JIRA_CLIENT_SECRET", "s")]).Build();

        var refused = await Assert.ThrowsAsync<LocalHostException>(() => ConnectCommand.RunAsync("client", "../mine", 0, TextWriter.Null, settings, new CancellationToken(canceled: true)));

        Assert.Contains(GrantName.Rule, refused.Message, StringComparison.Ordinal);
    }
}
