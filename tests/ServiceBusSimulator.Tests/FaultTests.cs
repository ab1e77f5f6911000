using Azure.Messaging.ServiceBus;

namespace ServiceBusSimulator.Tests;

/// <summary>Which exception of the SDK each fault becomes.</summary>
public sealed class FaultTests
{
    public static TheoryData<BusFault, ServiceBusFailureReason> Conditions => new()
    {
        { BusFault.QuotaExceeded, ServiceBusFailureReason.QuotaExceeded },
        { BusFault.NotFound, ServiceBusFailureReason.MessagingEntityNotFound },
        { BusFault.Disabled, ServiceBusFailureReason.MessagingEntityDisabled },
        { BusFault.MessageTooLarge, ServiceBusFailureReason.MessageSizeExceeded },
        { BusFault.Timeout, ServiceBusFailureReason.ServiceTimeout },
        { BusFault.InternalError, ServiceBusFailureReason.GeneralError },
    };

    public static TheoryData<BusFault, Type> Others => new()
    {
        { BusFault.Unauthorized, typeof(UnauthorizedAccessException) },
        { BusFault.ArgumentError, typeof(ArgumentException) },
        { BusFault.NotAllowed, typeof(InvalidOperationException) },
        { BusFault.NotImplemented, typeof(NotSupportedException) },
    };

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(Conditions))]
    public async Task Send_Fault_HasThatReason(BusFault fault, ServiceBusFailureReason reason)
    {
        await using var bus = new Bus();
        bus.Simulated.Faults.FailSends(fault);

        var error = await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")));

        Assert.Equal(reason, error.Reason);
        Assert.Equal(0, bus.Status(Bus.Queue).Active);
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("2"));
        Assert.Equal(1, bus.Status(Bus.Queue).Active);
    }

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(Conditions))]
    public async Task Attach_Fault_HasThatReason(BusFault fault, ServiceBusFailureReason reason)
    {
        await using var bus = new Bus();
        bus.Simulated.Faults.OnAttach = _ => fault;

        Assert.Equal(reason, (await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")))).Reason);
    }

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(Others))]
    public async Task Send_FaultOfAnotherKind_IsThatException(BusFault fault, Type type)
    {
        await using var bus = new Bus();
        bus.Simulated.Faults.FailSends(fault);

        await Assert.ThrowsAsync(type, () => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.DropBeforeStoring, 0)]
    [InlineData(BusFault.DropAfterStoring, 1)]
    public async Task Send_ConnectionDrops_IsTransient(BusFault fault, int stored)
    {
        await using var bus = new Bus();
        bus.Simulated.Faults.FailSends(fault);

        var error = await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")));

        Assert.True(error.IsTransient);
        Assert.Equal(stored, bus.Status(Bus.Queue).Active);
    }

    /// <summary>The SDK sends it again, and the bus drops the second as a duplicate.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Send_AnswerIsLostAndTheSdkRetries_IsStoredOnce()
    {
        var twice = new ServiceBusClientOptions { RetryOptions = { Mode = ServiceBusRetryMode.Fixed, Delay = TimeSpan.FromMilliseconds(10), MaxRetries = 2 } };
        await using var bus = new Bus(client: twice);
        bus.Simulated.Faults.FailSends(BusFault.DropAfterStoring);

        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1") { MessageId = "same" });

        Assert.Equal(1, bus.Status(Bus.Queue).Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Send_NeverAnswered_IsATimeoutOfTheSdk()
    {
        await using var bus = new Bus(client: new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(1) } });
        bus.Simulated.Faults.FailSends(BusFault.NoAnswer);

        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, (await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")))).Reason);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.Unauthorized, typeof(UnauthorizedAccessException))]
    [InlineData(BusFault.NotFound, typeof(ServiceBusException))]
    [InlineData(BusFault.ServerBusy, typeof(ServiceBusException))]
    public async Task Token_Fault_IsThatException(BusFault fault, Type type)
    {
        await using var bus = new Bus();
        bus.Simulated.Faults.OnToken = () => fault;

        await Assert.ThrowsAsync(type, () => bus.SendAsync(Bus.Queue, new ServiceBusMessage("1")));
    }
}
