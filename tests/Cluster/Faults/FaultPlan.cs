using System.Globalization;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>How long, how much, and which faults.</summary>
internal sealed record FaultPlan
{
    /// <summary>The seed of every random choice.</summary>
    public required int Seed { get; init; }

    /// <summary>How often each kind is drawn before any of them is drawn again.</summary>
    public required IReadOnlyList<(FaultKind Kind, int Times)> Mix { get; init; }

    /// <summary>How long faults are inflicted at least.</summary>
    public TimeSpan AtLeast { get; init; }

    /// <summary>How many are inflicted at least.</summary>
    public int Fewest { get; init; } = 1;

    /// <summary>How long the service is left alone after a fault.</summary>
    public required TimeSpan Rest { get; init; }

    /// <summary>How long the database is away.</summary>
    public required TimeSpan DatabaseAway { get; init; }

    /// <summary>How long a part of a network is cut off.</summary>
    public TimeSpan CutOff { get; init; }

    /// <summary>How many notifications are started per second.</summary>
    public int PerSecond { get; init; } = 200;

    /// <summary>How many silos.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>How many Apis.</summary>
    public int Apis { get; init; } = 2;

    /// <summary>Each kind once but the longest: what every change must survive.</summary>
    public static FaultPlan Short(int seed)
    {
        var kinds = Enum.GetValues<FaultKind>()
            .Where(static kind => kind < FaultKind.Nothing && kind != FaultKind.FreezeSiloLong)
            .ToList();
        return new()
        {
            Seed = seed,
            Mix = [.. kinds.Select(static kind => (kind, 1))],
            Fewest = kinds.Count,
            Rest = TimeSpan.FromSeconds(3),
            DatabaseAway = TimeSpan.FromSeconds(12),
            PerSecond = 150,
        };
    }

    /// <summary>For as long as is asked, and two faults a minute at least.</summary>
    public static FaultPlan Long(int seed, TimeSpan atLeast) =>
        new()
        {
            Seed = seed,
            Mix =
            [
                (FaultKind.KillSilo, 5),
                (FaultKind.KillApi, 4),
                (FaultKind.FreezeSilo, 4),
                (FaultKind.FreezeSiloLong, 1),
                (FaultKind.FreezeApi, 2),
                (FaultKind.RollingRestart, 1),
                (FaultKind.CrashDatabase, 4),
                (FaultKind.StopDatabase, 2),
                (FaultKind.CutConnections, 6),
                (FaultKind.Several, 2),
            ],
            AtLeast = atLeast,
            Fewest = (int)Math.Ceiling(2 * atLeast.TotalMinutes),
            Rest = TimeSpan.FromSeconds(10),
            DatabaseAway = TimeSpan.FromSeconds(30),
        };

    /// <summary>In a network: each kind once, but those that have tests of their own.</summary>
    public static FaultPlan ShortNetwork(int seed)
    {
        FaultKind[] kinds =
        [
            FaultKind.CutSilos,
            FaultKind.CutSiloFromDatabase,
            FaultKind.CutApi,
            FaultKind.CutOneWay,
            FaultKind.CutDatabase,
            FaultKind.LoseHost,
        ];
        return new()
        {
            Seed = seed,
            Mix = [.. kinds.Select(static kind => (kind, 1))],
            Fewest = kinds.Length,
            Rest = TimeSpan.FromSeconds(2),
            DatabaseAway = TimeSpan.FromSeconds(5),
            CutOff = TimeSpan.FromSeconds(6),
            PerSecond = 50,
        };
    }

    /// <summary>In a network: for as long as is asked, and a fault a minute at least.</summary>
    public static FaultPlan LongNetwork(int seed, TimeSpan atLeast) =>
        new()
        {
            Seed = seed,
            Mix =
            [
                (FaultKind.CutSilos, 1),
                (FaultKind.CutSiloFromDatabase, 1),
                (FaultKind.CutApi, 1),
                (FaultKind.CutOneWay, 1),
                (FaultKind.CutDatabase, 1),
                (FaultKind.Isolate, 1),
                (FaultKind.ForgetConnections, 1),
                (FaultKind.LoseHost, 1),
                (FaultKind.LoseAll, 1),
            ],
            AtLeast = atLeast,
            Fewest = (int)Math.Ceiling(atLeast.TotalMinutes),
            Rest = TimeSpan.FromSeconds(8),
            DatabaseAway = TimeSpan.FromSeconds(15),
            CutOff = TimeSpan.FromSeconds(20),
            PerSecond = 100,
        };

    /// <summary>No faults, but as many notifications as the machine takes.</summary>
    public static FaultPlan FullLoad(int seed) =>
        new()
        {
            Seed = seed,
            Mix = [(FaultKind.Nothing, 1)],
            Rest = TimeSpan.FromSeconds(1),
            DatabaseAway = TimeSpan.Zero,
            PerSecond = 1_000_000,
        };

    /// <summary>
    /// The short one, unless the environment asks for another: by FAULTS_MINUTES, FAULTS_SEED and FAULTS_ONLY, a kind.
    /// </summary>
    public static FaultPlan FromEnvironment(int seed) => FromEnvironment(seed, Short, Long);

    /// <summary>The same in a network.</summary>
    public static FaultPlan NetworkFromEnvironment(int seed) => FromEnvironment(seed, ShortNetwork, LongNetwork);

    private static FaultPlan FromEnvironment(
        int seed,
        Func<int, FaultPlan> shortPlan,
        Func<int, TimeSpan, FaultPlan> longPlan
    )
    {
        seed = int.TryParse(
            Environment.GetEnvironmentVariable("FAULTS_SEED"),
            CultureInfo.InvariantCulture,
            out var given
        )
            ? given
            : seed;
        var plan = double.TryParse(
            Environment.GetEnvironmentVariable("FAULTS_MINUTES"),
            CultureInfo.InvariantCulture,
            out var minutes
        )
            ? longPlan(seed, TimeSpan.FromMinutes(minutes))
            : shortPlan(seed);
        return Enum.TryParse<FaultKind>(Environment.GetEnvironmentVariable("FAULTS_ONLY"), out var only)
            ? plan with
            {
                Mix = [(only, 1)],
                Fewest = 1,
            }
            : plan;
    }

    /// <summary>The faults, without end: the mix shuffled, again and again.</summary>
    public IEnumerable<Fault> Faults()
    {
        var random = new Random(Seed);
        while (true)
        {
            var round = Mix.SelectMany(static drawn => Enumerable.Repeat(drawn.Kind, drawn.Times)).ToArray();
            random.Shuffle(round);
            foreach (var kind in round)
                yield return new Fault(kind, random.Next(Silos), random.Next(Apis));
        }
    }
}
