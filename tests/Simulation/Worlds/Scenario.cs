using CsCheck;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>
/// How large a simulated world is and how much goes wrong in it. Together with the seed it decides everything.
/// </summary>
/// <param name="Seed">The seed of all chance.</param>
/// <param name="Silos">How many silos there are at a time.</param>
/// <param name="Workflows">How many workflows the vendor runs.</param>
/// <param name="Moves">How many changes of each workflow the vendor sends.</param>
/// <param name="Mangles">How much the vendor gets wrong.</param>
/// <param name="Span">Milliseconds within which everything is sent.</param>
/// <param name="Readers">How many clients read workflows, and as many node tasks.</param>
/// <param name="DatabaseFaults">Of a hundred requests to the database, how many meet a fault.</param>
/// <param name="NetworkFaults">Of a hundred calls, how many meet a fault of each kind.</param>
/// <param name="Upsets">How often a silo goes wrong or a grain is deactivated.</param>
/// <param name="CommitConcurrency">How many batches a silo commits side by side.</param>
/// <param name="MaxBatch">How many grains are committed together.</param>
/// <param name="MaxWaiting">How many writes may wait.</param>
/// <param name="MaxBehind">How many times the bytes of a state the receipts behind its snapshot may weigh; 0 if all
/// states are written whole.</param>
/// <param name="FailsOver">Whether a standby takes over that lacks the last commits.</param>
internal sealed record Scenario(
    int Seed,
    int Silos,
    int Workflows,
    int Moves,
    int Mangles,
    int Span,
    int Readers,
    int DatabaseFaults,
    int NetworkFaults,
    int Upsets,
    int CommitConcurrency,
    int MaxBatch,
    int MaxWaiting,
    int MaxBehind,
    bool FailsOver
)
{
    /// <summary>Any scenario. Smaller numbers make simpler ones: that is what lets a failure shrink.</summary>
    public static readonly Gen<Scenario> Any =
        from seed in Gen.Int[0, int.MaxValue - 1]
        from world in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 10], Gen.Int[0, 6], Gen.OneOf(20, 300, 8_000))
        from faults in Gen.Select(Gen.Int[0, 2], Gen.OneOf(0, 5, 25), Gen.OneOf(0, 2, 8, 20), Gen.Int[0, 10])
        from batches in Gen.Select(Gen.Int[1, 2], Gen.OneOf(1, 4, 256), Gen.OneOf(2, 4_096), Gen.OneOf(0, 1, 8))
        from failover in Gen.Int[0, 4]
        select new Scenario(
            seed,
            world.Item1,
            world.Item2,
            world.Item3,
            world.Item4,
            world.Item5,
            faults.Item1,
            faults.Item2,
            faults.Item3,
            faults.Item4,
            batches.Item1,
            batches.Item2,
            batches.Item3,
            batches.Item4,
            failover == 4
        );
}
