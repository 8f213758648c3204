namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to a silo, which is started again after a while, under the same addresses.</summary>
    KillSilo,

    /// <summary>SIGKILL to an Api, which is started again after a while, under the same address.</summary>
    KillApi,

    /// <summary>SIGSTOP to a silo for 5 s: too short for the others to be sure.</summary>
    FreezeSilo,

    /// <summary>
    /// SIGSTOP to a silo for 90 s: it is declared dead meanwhile, and must serve nothing when it continues.
    /// </summary>
    FreezeSiloLong,

    /// <summary>SIGSTOP to an Api for 5 s.</summary>
    FreezeApi,

    /// <summary>Every silo and every Api is asked to stop and started again, one after the other.</summary>
    RollingRestart,

    /// <summary>The database server crashes and is started again at once.</summary>
    CrashDatabase,

    /// <summary>The database server is stopped and away for a while.</summary>
    StopDatabase,

    /// <summary>Every session with the database is ended.</summary>
    CutConnections,

    /// <summary>A silo and an Api are killed while every session with the database is ended.</summary>
    Several,

    /// <summary>Nothing, for 15 s: no busy silo may be declared dead.</summary>
    Nothing,

    /// <summary>In a network: two silos do not reach each other.</summary>
    CutSilos,

    /// <summary>In a network: a silo does not reach the database.</summary>
    CutSiloFromDatabase,

    /// <summary>In a network: an Api reaches no silo.</summary>
    CutApi,

    /// <summary>In a network: what a silo sends is lost, what is sent to it arrives.</summary>
    CutOneWay,

    /// <summary>In a network: no host reaches the database.</summary>
    CutDatabase,

    /// <summary>In a network: a silo and an Api reach each other and nothing else.</summary>
    Isolate,

    /// <summary>In a network: the packets of all connections that are open are lost; new ones work.</summary>
    ForgetConnections,

    /// <summary>In a network: the host of a silo loses its power; another one takes its place.</summary>
    LoseHost,

    /// <summary>In a network: everything loses its power; the silos come back on other hosts.</summary>
    LoseAll,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Silo">Which silo, if it is about one.</param>
/// <param name="Api">Which Api, if it is about one.</param>
internal sealed record Fault(FaultKind Kind, int Silo, int Api);

/// <summary>A fault that was inflicted.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="StartedAt">When, as a timestamp.</param>
/// <param name="EndedAt">When everything was back in place.</param>
internal sealed record InflictedFault(Fault Fault, long StartedAt, long EndedAt);
