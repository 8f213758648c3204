using System.Globalization;

namespace Orleans.Workflow.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        dotnet run -c Release --project bench -- [workload…]
          [--runs 5] [--seconds 10] [--warmup 15] [--connections 64] [--stored 1000000]
          [--only product,by hand] [--beside "[Api.dll] [--Setting=value…]"]

        The default workloads:
          advance spread cold duplicate hot wide read mixed facts-one facts-many facts-again sqlite clustered-advance
          clustered-read beside-facts latency counts first-minute silo-loss pgbench memory overload feed
        Further workloads:
          growth     advance and list at 1,000, 10,000 and 1,000,000 stored workflows (15 minutes)
          retention  advance with and without retention
          words      lists, counts and console while a sender makes up words
          limits     small notifications of a workflow with 100,000 tasks

        --beside adds the product a second time to all comparisons of throughput: as another build, with other
        settings, or both.
        """;

    private static readonly string[] Default =
    [
        "advance",
        "spread",
        "cold",
        "duplicate",
        "hot",
        "wide",
        "read",
        "mixed",
        "facts-one",
        "facts-many",
        "facts-again",
        "sqlite",
        "clustered-advance",
        "clustered-read",
        "beside-facts",
        "latency",
        "counts",
        "first-minute",
        "silo-loss",
        "pgbench",
        "memory",
        "overload",
        "feed",
    ];

    public required IReadOnlyList<string> Workloads { get; init; }

    public int Runs { get; private init; } = 5;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(10);

    public TimeSpan WarmUp { get; private init; } = TimeSpan.FromSeconds(15);

    public int Connections { get; private init; } = 64;

    public int Stored { get; private init; } = 1_000_000;

    /// <summary>The names of the contestants that take part; empty for all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>
    /// The build, the settings or both with which the product takes part once more; null if it takes part once.
    /// </summary>
    public IReadOnlyList<string>? Beside { get; private init; }

    public static Options Parse(string[] arguments)
    {
        var workloads = new List<string>();
        var options = new Options { Workloads = workloads };
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith('-'))
            {
                workloads.Add(arguments[i] == "list" ? "growth" : arguments[i]);
                continue;
            }

            if (i + 1 == arguments.Length)
                throw new BenchmarkException(Usage);

            options = options.With(arguments[i], arguments[++i]);
        }

        if (workloads.Count == 0)
            workloads.AddRange(Default);

        if (
            workloads.FirstOrDefault(name =>
                name is not ("growth" or "retention" or "words" or "limits") && !Default.Contains(name)
            ) is
            { } unknown
        )
            throw new BenchmarkException($"There is no workload '{unknown}'.\n{Usage}");

        return options;
    }

    private Options With(string name, string value) =>
        name switch
        {
            "--runs" => this with { Runs = Number(name, value) },
            "--seconds" => this with { Duration = TimeSpan.FromSeconds(Number(name, value)) },
            "--warmup" => this with { WarmUp = TimeSpan.FromSeconds(Number(name, value)) },
            "--connections" => this with { Connections = Number(name, value) },
            "--stored" => this with { Stored = Number(name, value) },
            "--only" => this with { Only = value.Split(',', StringSplitOptions.TrimEntries) },
            "--beside" => this with { Beside = value.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
            _ => throw new BenchmarkException($"There is no option {name}.\n{Usage}"),
        };

    private static int Number(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new BenchmarkException($"{name} must be a positive number, not '{value}'.");
}
