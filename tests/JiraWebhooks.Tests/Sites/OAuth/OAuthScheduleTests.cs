using JiraWebhooks.Sites.OAuth;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Sites.OAuth;

/// <summary>Two instances share one grant for an hour while everything fails at random: the server before and after it rotated, the store
/// before and after it wrote, an instance at any time. Steps are taken one by one in the order of the seed, so that a failure repeats.</summary>
public sealed class OAuthScheduleTests
{
    [Fact]
    public void Get_ThousandSchedulesOfTwoInstances_NeverLoseTheGrant_Rule28()
    {
        var rotations = 0;
        for (var seed = 0; seed < 1000; seed++)
        {
            var schedule = new Schedule(seed);
            schedule.Run();
            rotations += schedule.Harness.Server.Bodies.Count;

            Assert.True(schedule.Harness.Store["acme"].ReconnectRequiredSince is null, $"Schedule {seed} lost the grant.");
            schedule.Harness.Server.At = schedule.Harness.Store.At = _ => Task.CompletedTask;
            schedule.Harness.Clock.Advance(TimeSpan.FromMinutes(1));
            var token = schedule.Harness.NewInstance().GetAccessTokenAsync(schedule.Harness.Site, null, CancellationToken.None);
            Assert.True(token.IsCompletedSuccessfully, $"Schedule {seed} ended with a grant that does not work.");
        }

        Assert.True(rotations > 10_000, $"Only {rotations} rotations: the schedules do not test what they should.");
    }

    private sealed class Schedule
    {
        private readonly List<TaskCompletionSource> _waiting = [];
        private readonly Random _random;

        public Schedule(int seed)
        {
            _random = new Random(seed);
            Harness.Connect();
            Harness.Server.Lifetime = 600;
            Harness.Server.At = Harness.Store.At = _ =>
            {
                var step = new TaskCompletionSource();
                _waiting.Add(step);
                return step.Task;
            };
        }

        public OAuthHarness Harness { get; } = new();

        public void Run()
        {
            OAuthTokenSource[] instances = [Harness.NewInstance(), Harness.NewInstance()];
            for (var minute = 0; minute < 60; minute++)
            {
                Finish(Task.WhenAll(instances.Select(CallAsync)));
                Harness.Clock.Advance(TimeSpan.FromMinutes(1));
                if (_random.Next(10) == 0) instances[_random.Next(2)] = Harness.NewInstance();
            }
        }

        private void Finish(Task work)
        {
            while (!work.IsCompleted)
            {
                if (_waiting.Count == 0)
                {
                    Harness.Clock.Advance(TimeSpan.FromSeconds(1));
                    continue;
                }

                var step = _waiting[_random.Next(_waiting.Count)];
                _waiting.Remove(step);
                if (_random.Next(12) == 0) step.SetException(new HttpRequestException("fault of the test"));
                else step.SetResult();
            }

            work.GetAwaiter().GetResult();
        }

        private async Task CallAsync(OAuthTokenSource instance)
        {
            try
            {
                await instance.GetAccessTokenAsync(Harness.Site, null, CancellationToken.None);
            }
            catch (HttpRequestException)
            {
                // the next minute tries again
            }
        }
    }
}
