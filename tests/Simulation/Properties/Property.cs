namespace Orleans.Workflow.Simulation.Tests.Properties;

/// <summary>What must hold in every run, with any faults.</summary>
internal enum Property
{
    /// <summary>
    /// C3: what is acknowledged is in the database, stays there, and the activation that acknowledged it shows it.
    /// </summary>
    AcknowledgedIsDurable,

    /// <summary>C4: a stored state is the fold of the stored receipts, in the order of their seq.</summary>
    NothingInvented,

    /// <summary>C1: another order of the same receipts gives the same state, as far as order must not matter.</summary>
    Convergence,

    /// <summary>C2: no reader sees a version or a phase go back.</summary>
    Monotony,

    /// <summary>C5: what is delivered again changes no phase and no ended word.</summary>
    Idempotence,

    /// <summary>
    /// Each delivery of a receipt gets the same answer, and it gets one once the faults have ended.
    /// </summary>
    ReceiptOnce,

    /// <summary>
    /// No reader sees what is not in the database. After the last fault every reader sees the last state in it.
    /// </summary>
    ReadsAreCommitted,

    /// <summary>A node task shows what was acknowledged before it was asked.</summary>
    NodesAreFresh,

    /// <summary>A node task shows itself, and once all is quiet it shows what its workflow shows.</summary>
    NodesAgree,

    /// <summary>The list's row says what the state says, and is written with it.</summary>
    DerivedWithState,
}

/// <summary>A property that did not hold.</summary>
internal sealed record Violation(Property Property, string How);
