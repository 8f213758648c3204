using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Faults;

/// <summary>Decides what goes wrong, and counts it.</summary>
/// <param name="random">The random numbers of the run.</param>
/// <param name="database">Of a hundred requests to the database, how many meet a fault.</param>
/// <param name="network">Of a hundred calls, how many meet a fault.</param>
/// <param name="trace">What has happened.</param>
internal sealed class FaultInjector(SeededRandom random, int database, int network, Trace trace)
{
    private readonly int[] _counts = new int[Enum.GetValues<FaultKind>().Length];

    /// <summary>The random numbers of the run.</summary>
    public SeededRandom Random => random;

    /// <summary>How often each kind has happened.</summary>
    public IReadOnlyList<int> Counts => _counts;

    /// <summary>Whether everything works from now on.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Lets everything work from now on.</summary>
    public void Stop() => HasStopped = true;

    /// <summary>Whether a fault happens to a call.</summary>
    public bool Strikes(FaultKind kind, string what) => Happens(network, what, kind);

    /// <summary>Which of some faults happens to a request to the database, if any.</summary>
    public FaultKind? Strike(string what, params ReadOnlySpan<FaultKind> kinds)
    {
        var kind = kinds[random.Below(kinds.Length)];
        return Happens(database, what, kind) ? kind : null;
    }

    /// <summary>Notes that something has gone wrong.</summary>
    public void Note(FaultKind kind, string what)
    {
        _counts[(int)kind]++;
        trace.Add($"FAULT {kind}: {what}");
    }

    private bool Happens(int percent, string what, FaultKind kind)
    {
        if (HasStopped || !random.Percent(percent))
            return false;

        Note(kind, what);
        return true;
    }
}
