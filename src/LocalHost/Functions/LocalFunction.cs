using System.Reflection;
using FunctionsApp;
using Microsoft.Azure.Functions.Worker;

namespace LocalHost.Functions;

/// <summary>A function of the Functions app, as its attributes declare it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">The method that the Functions host calls.</param>
/// <param name="Http">Its verbs, route and level; null for a timer.</param>
/// <param name="Timer">Its schedule; null for HTTP.</param>
internal sealed record LocalFunction(string Name, MethodInfo Method, HttpTriggerAttribute? Http, TimerTriggerAttribute? Timer)
{
    /// <summary>All functions of the app.</summary>
    public static IReadOnlyList<LocalFunction> All { get; } =
    [
        .. from type in typeof(ReceiveDelivery).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           select new LocalFunction(function.Name, method, Trigger<HttpTriggerAttribute>(method), Trigger<TimerTriggerAttribute>(method)),
    ];

    /// <summary>Creates an instance for one invocation, as the worker does.</summary>
    public object NewInstance(IServiceProvider services) => ActivatorUtilities.CreateInstance(services, Method.DeclaringType!);

    private static T? Trigger<T>(MethodInfo method)
        where T : Attribute =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).FirstOrDefault(trigger => trigger is not null);
}
