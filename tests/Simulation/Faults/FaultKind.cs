namespace Orleans.Workflow.Simulation.Tests.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>The connection is lost before the commit; the caller does not know.</summary>
    LostBeforeCommit,

    /// <summary>The connection is lost after the commit; the caller does not know.</summary>
    LostAfterCommit,

    /// <summary>The connection is lost, and the database commits a while later.</summary>
    CommittedLate,

    /// <summary>
    /// The connection is lost, and the statement reaches the database minutes later: its caller has given up, the
    /// activation was replaced.
    /// </summary>
    MinutesLate,

    /// <summary>
    /// A statement that is minutes late finds that others have committed. Not injected: it follows.
    /// </summary>
    LateAndOvertaken,

    /// <summary>
    /// A statement that is minutes late is refused only because receipts were removed meanwhile. Not injected: it
    /// follows.
    /// </summary>
    LateAndTrimmed,

    /// <summary>The database rolls a batch back and says so.</summary>
    RolledBack,

    /// <summary>A row of a batch is one that the database refuses.</summary>
    BadRow,

    /// <summary>A commit takes seconds.</summary>
    SlowCommit,

    /// <summary>States cannot be read.</summary>
    ReadFailed,

    /// <summary>Reading takes seconds.</summary>
    SlowRead,

    /// <summary>
    /// A commit meets another version than was read. Not injected: it follows from two activations at once.
    /// </summary>
    VersionConflict,

    /// <summary>A standby takes over that lacks the last commits.</summary>
    FailedOver,

    /// <summary>
    /// An activation that is ahead of its database commits. Not injected: it follows from a failover.
    /// </summary>
    Ahead,

    /// <summary>Retention removes receipts.</summary>
    Trimmed,

    /// <summary>A call never arrives.</summary>
    CallLost,

    /// <summary>A call arrives late, perhaps after its caller has given up.</summary>
    CallLate,

    /// <summary>A call arrives twice.</summary>
    CallDoubled,

    /// <summary>A receipt that was acknowledged is delivered once more, as if it were the first time.</summary>
    ReceiptAgain,

    /// <summary>An answer never arrives.</summary>
    AnswerLost,

    /// <summary>An answer arrives late.</summary>
    AnswerLate,

    /// <summary>A silo dies at once.</summary>
    SiloKilled,

    /// <summary>A silo is declared dead and lives for a while: its grains are active twice.</summary>
    SiloCutOff,

    /// <summary>A silo stops in order.</summary>
    SiloStopped,

    /// <summary>A grain is deactivated.</summary>
    Deactivated,

    /// <summary>
    /// Too much waits to be written, and a notification is refused. Not injected: it follows from a small limit.
    /// </summary>
    Busy,
}
