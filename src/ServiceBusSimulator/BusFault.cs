namespace ServiceBusSimulator;

/// <summary>What the bus does wrong on demand.</summary>
public enum BusFault
{
    /// <summary>Answers that it is busy (<c>com.microsoft:server-busy</c>).</summary>
    ServerBusy,

    /// <summary>Answers that the entity is full (<c>amqp:resource-limit-exceeded</c>).</summary>
    QuotaExceeded,

    /// <summary>Answers that the entity does not exist (<c>amqp:not-found</c>).</summary>
    NotFound,

    /// <summary>Answers that the entity is disabled (<c>com.microsoft:entity-disabled</c>).</summary>
    Disabled,

    /// <summary>Answers that the caller may not do this (<c>amqp:unauthorized-access</c>).</summary>
    Unauthorized,

    /// <summary>Answers that the message is too large (<c>amqp:link:message-size-exceeded</c>).</summary>
    MessageTooLarge,

    /// <summary>Answers that it took too long (<c>com.microsoft:timeout</c>).</summary>
    Timeout,

    /// <summary>Answers that an argument is invalid (<c>com.microsoft:argument-error</c>).</summary>
    ArgumentError,

    /// <summary>Answers that this is not allowed (<c>amqp:not-allowed</c>).</summary>
    NotAllowed,

    /// <summary>Answers that this is not implemented (<c>amqp:not-implemented</c>).</summary>
    NotImplemented,

    /// <summary>Answers with an internal error (<c>amqp:internal-error</c>).</summary>
    InternalError,

    /// <summary>Drops the connection, and stores nothing.</summary>
    DropBeforeStoring,

    /// <summary>Stores the messages and drops the connection without an answer.</summary>
    DropAfterStoring,

    /// <summary>Never answers.</summary>
    NoAnswer,
}
