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
    public void HttpTrigger_OfAFunction_HasItsRouteAndKey(string name, AuthorizationLevel level, string method, string route)
    {
        var trigger = Trigger<HttpTriggerAttribute>(name);

        Assert.Equal((level, route), (trigger.AuthLevel, trigger.Route));
        Assert.Equal([method], trigger.Methods!);
    }

    [Theory]
    [InlineData("RefreshWebhooks", "%RefreshSchedule%")]
    [InlineData("PollFailedWebhooks", "%PollSchedule%")]
    public void TimerTrigger_OfAFunction_TakesItsScheduleFromTheSettings_Decision16(string name, string schedule)
    {
        var trigger = Trigger<TimerTriggerAttribute>(name);

        Assert.Equal((schedule, false, true), (trigger.Schedule, trigger.RunOnStartup, trigger.UseMonitor));
    }

    [Fact]
    public void Schedules_OfAllTimers_AreInTheSample_Decision16()
    {
        var values = Repository.Sample();
        var names = Functions().SelectMany(function => function.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule).OfType<string>().ToList();

        Assert.Equal(2, names.Count);
        Assert.All(names, name => Assert.Equal(6, values[name.Trim('%')].Split(' ').Length));
    }

    [Fact]
    public void Functions_OfTheApp_AreThese() =>
        Assert.Equal(["Health", "HealthDetails", "PollFailedWebhooks", "ReceiveDelivery", "RefreshWebhooks"], Functions().Select(Name).Order(StringComparer.Ordinal));

    private static T Trigger<T>(string function)
        where T : Attribute =>
        Functions().Single(method => Name(method) == function).GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).OfType<T>().Single();

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static IEnumerable<MethodInfo> Functions() => typeof(ReceiveDelivery).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);
}
