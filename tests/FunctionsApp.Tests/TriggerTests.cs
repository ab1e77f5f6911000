using System.Reflection;
using JiraWebhooks.Deliveries;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Tests;

public sealed class TriggerTests
{
    [Theory]
    [InlineData("ReceiveDelivery", AuthorizationLevel.Anonymous, "post", DeliveryReceiver.Route)]
    [InlineData("Health", AuthorizationLevel.Anonymous, "get", "health")]
    [InlineData("HealthDetails", AuthorizationLevel.Function, "get", "health/details")]
    [InlineData("Live", AuthorizationLevel.Anonymous, "get", "live")]
    [InlineData("ListDeadLetters", AuthorizationLevel.Function, "get", "deadletters/{subscription}")]
    [InlineData("RedriveDeadLetters", AuthorizationLevel.Function, "post", "deadletters/{subscription}/redrive")]
    [InlineData("DropDeadLetters", AuthorizationLevel.Function, "post", "deadletters/{subscription}/drop")]
    [InlineData("ListSites", AuthorizationLevel.Function, "get", "sites")]
    [InlineData("ShowSite", AuthorizationLevel.Function, "get", "sites/{site}")]
    [InlineData("PutSite", AuthorizationLevel.Function, "put", "sites/{site}")]
    [InlineData("RemoveSite", AuthorizationLevel.Function, "delete", "sites/{site}")]
    [InlineData("ImportSite", AuthorizationLevel.Function, "post", "sites/{site}/import")]
    [InlineData("RotateSecret", AuthorizationLevel.Function, "post", "sites/{site}/secret")]
    [InlineData("DisableSite", AuthorizationLevel.Function, "post", "sites/{site}/disable")]
    [InlineData("EnableSite", AuthorizationLevel.Function, "post", "sites/{site}/enable")]
    [InlineData("PlanSite", AuthorizationLevel.Function, "get", "sites/{site}/plan")]
    [InlineData("RefreshSite", AuthorizationLevel.Function, "post", "sites/{site}/refresh")]
    [InlineData("RecoverSite", AuthorizationLevel.Function, "post", "sites/{site}/recover")]
    [InlineData("OAuthStart", AuthorizationLevel.Function, "get", "oauth/start")]
    [InlineData("OAuthCallback", AuthorizationLevel.Anonymous, "get", "oauth/callback")]
    [InlineData("OAuthSites", AuthorizationLevel.Anonymous, "post", "oauth/sites")]
    public void HttpTrigger_OfAFunction_HasItsRouteAndKey(string name, AuthorizationLevel level, string method, string route)
    {
        var trigger = Trigger<HttpTriggerAttribute>(name);

        Assert.Equal(level, trigger.AuthLevel);
        Assert.Equal(route, trigger.Route);
        Assert.Equal([method], trigger.Methods!);
    }

    [Theory]
    [InlineData("RefreshWebhooks", "%RefreshSchedule%")]
    [InlineData("PollFailedWebhooks", "%PollSchedule%")]
    [Trait("Decision", "schedules")]
    public void TimerTrigger_OfAFunction_TakesItsScheduleFromTheSettings(string name, string schedule)
    {
        var trigger = Trigger<TimerTriggerAttribute>(name);

        Assert.Equal(schedule, trigger.Schedule);
        Assert.False(trigger.RunOnStartup);
        Assert.True(trigger.UseMonitor);
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public void Schedules_OfAllTimers_AreInTheSample()
    {
        var values = Repository.Sample();
        var names = Functions().SelectMany(function => function.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule).OfType<string>().ToList();

        Assert.Equal(2, names.Count);
        Assert.All(names, name => Assert.Equal(6, values[name.Trim('%')].Split(' ').Length));
    }

    [Fact]
    public void Functions_OfTheApp_AreThese() =>
        Assert.Equal(
            [
                "DisableSite", "DropDeadLetters", "EnableSite", "Health", "HealthDetails", "ImportSite", "ListDeadLetters", "ListSites", "Live", "OAuthCallback", "OAuthSites",
                "OAuthStart", "PlanSite", "PollFailedWebhooks", "PutSite", "ReceiveDelivery", "RecoverSite", "RedriveDeadLetters", "RefreshSite", "RefreshWebhooks", "RemoveSite", "RotateSecret", "ShowSite",
            ],
            Functions().Select(Name).Order(StringComparer.Ordinal));

    private static T Trigger<T>(string function)
        where T : Attribute =>
        Functions().Single(method => Name(method) == function).GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).OfType<T>().Single();

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static IEnumerable<MethodInfo> Functions() => typeof(ReceiveDelivery).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);
}
