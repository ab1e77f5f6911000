using JiraSimulator;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A site may send its dates in any form, and change the form between two runs.</summary>
[Collection<Clocked>]
public sealed class DateFormTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(DateForm.Text, DateForm.Number)]
    [InlineData(DateForm.Number, DateForm.Text)]
    [Trait("Rule", "expiry-dates")]
    public async Task Run_DatesInAnyForm_ExtendsTheSameWebhooks(DateForm first, DateForm second)
    {
        var site = _world.Site(World.Globex);
        site.Dates = first;
        await _world.RefreshAsync();
        site.Dates = second;
        _world.Clock.Advance(TimeSpan.FromDays(29));

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Equal(0, result.Registered);
        Assert.Equal(2, result.Extended);
        Assert.Equal(0, result.Replaced);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal(30, (result.SoonestExpiry!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1);
    }
}
