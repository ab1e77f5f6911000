using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusSimulator.Amqp;

/// <summary>The conditions of Service Bus, and which faults they are.</summary>
internal static class BusErrors
{
    public static readonly AmqpSymbol ServerBusy = "com.microsoft:server-busy";
    public static readonly AmqpSymbol EntityDisabled = "com.microsoft:entity-disabled";
    public static readonly AmqpSymbol Timeout = "com.microsoft:timeout";
    public static readonly AmqpSymbol ArgumentError = "com.microsoft:argument-error";
    public static readonly AmqpSymbol MessageLockLost = "com.microsoft:message-lock-lost";
    public static readonly AmqpSymbol SessionLockLost = "com.microsoft:session-lock-lost";
    public static readonly AmqpSymbol SessionCannotBeLocked = "com.microsoft:session-cannot-be-locked";

    public static Error Of(AmqpSymbol condition, string description) => new() { Condition = condition, Description = description };

    public static AmqpException Exception(AmqpSymbol condition, string description) => new(Of(condition, description));

    /// <summary>The condition of a fault; null if the fault is none.</summary>
    public static Error? Of(BusFault fault) => Condition(fault) is { } condition ? Of(condition, $"Simulated: {fault}.") : null;

    /// <summary>The status with which <c>$cbs</c> answers instead.</summary>
    public static int TokenStatus(BusFault fault) => fault switch
    {
        BusFault.Unauthorized => 401,
        BusFault.NotFound => 404,
        BusFault.ServerBusy => 503,
        BusFault.Timeout => 408,
        BusFault.QuotaExceeded => 429,
        BusFault.ArgumentError => 400,
        _ => 500,
    };

    private static AmqpSymbol? Condition(BusFault fault) => fault switch
    {
        BusFault.ServerBusy => ServerBusy,
        BusFault.QuotaExceeded => AmqpErrorCode.ResourceLimitExceeded,
        BusFault.NotFound => AmqpErrorCode.NotFound,
        BusFault.Disabled => EntityDisabled,
        BusFault.Unauthorized => AmqpErrorCode.UnauthorizedAccess,
        BusFault.MessageTooLarge => AmqpErrorCode.MessageSizeExceeded,
        BusFault.Timeout => Timeout,
        BusFault.ArgumentError => ArgumentError,
        BusFault.NotAllowed => AmqpErrorCode.NotAllowed,
        BusFault.NotImplemented => AmqpErrorCode.NotImplemented,
        BusFault.InternalError => AmqpErrorCode.InternalError,
        _ => (AmqpSymbol?)null, // not the symbol of an absent text
    };
}
