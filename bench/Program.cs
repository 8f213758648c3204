using Orleans.Workflow.Benchmarks;
using Orleans.Workflow.Benchmarks.Checks;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Experiments;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Benchmarks.Workloads;
using Orleans.Workflow.Testing.Postgres;

var experiments = new Dictionary<string, IExperiment>
{
    ["advance"] = new Throughput(
        "advance",
        "advance",
        Contestant.Product,
        Contestant.ByHand,
        Contestant.PlainOrleans,
        Contestant.TunedOrleans
    ),
    ["spread"] = new Throughput("spread", "spread", Contestant.Product, Contestant.ByHand),
    ["cold"] = new Throughput("cold", "cold", Contestant.Product, Contestant.ByHand),
    ["duplicate"] = new Throughput("duplicate", "duplicate", Contestant.Product, Contestant.ByHand),
    ["hot"] = new Throughput("hot", "hot", Contestant.Product, Contestant.ByHand),
    ["wide"] = new Throughput("wide", "wide", Contestant.Product, Contestant.ByHand),
    ["read"] = new Throughput("read", "read", Contestant.Product, Contestant.ByHand),
    ["mixed"] = new Throughput("mixed", "mixed", Contestant.Product, Contestant.ByHand),
    ["sqlite"] = new Throughput("advance", "sqlite", Contestant.ProductSqlite, Contestant.ByHandSqlite),
    ["clustered-advance"] = new Throughput(
        "advance",
        "clustered-advance",
        Contestant.ProductClustered,
        Contestant.ByHand,
        Contestant.Product
    ),
    ["clustered-read"] = new Throughput(
        "read",
        "clustered-read",
        Contestant.ProductClustered,
        Contestant.ByHand,
        Contestant.Product
    ),
    ["facts-one"] = new Throughput(
        "facts-one",
        "facts-one",
        Contestant.Product,
        Contestant.ByHand,
        Contestant.WithoutDatabase
    ),
    ["facts-many"] = new Throughput(
        "facts-many",
        "facts-many",
        Contestant.Product,
        Contestant.ByHand,
        Contestant.WithoutDatabase
    ),
    ["facts-again"] = new Throughput(
        "facts-again",
        "facts-again",
        Contestant.Product,
        Contestant.ByHand,
        Contestant.WithoutDatabase
    ),
    ["beside-facts"] = new BesideFacts(),
    ["latency"] = new Latency(),
    ["counts"] = new Counts(),
    ["pgbench"] = new PgBench(),
    ["first-minute"] = new FirstMinute(),
    ["silo-loss"] = new SiloLoss(),
    ["memory"] = new Memory(),
    ["overload"] = new Overload(),
    ["feed"] = new Feed(),
    ["growth"] = new Growth(),
    ["retention"] = new Retention(),
    ["words"] = new Words(),
    ["limits"] = new Limits(),
};

try
{
    var options = Options.Parse(args);
    foreach (
        var life in (ILife[])
            [new ThreeNodeLife(), new ColdLife(), new WideLife(100), new HotLife(), new StoredLife(), new MadeUpLife()]
    )
        LifeCheck.Demand(life);

    var hasProduct = await Repository.PublishProductAsync();
    if (!hasProduct)
        Console.WriteLine(
            "There is no src/Api/Program.cs in this working copy: the product takes no part, only its peers do."
        );

    await using var server = await PostgresServer.StartNewAsync();
    var bench = new Bench(options, server, new Figures(), hasProduct);
    var document = new Document(
        await Machine.DescribeAsync(server.Administration),
        options,
        await Repository.CommitAsync()
    );
    foreach (var name in options.Workloads)
    {
        if (await experiments[name].RunAsync(bench) is not { } section)
        {
            Console.WriteLine($"{name}: no contestant took part.");
            continue;
        }

        Console.WriteLine($"\n{section}");
        await document.WriteAsync([.. experiments.Keys], name, section);
    }

    Console.WriteLine($"Written to {Document.Path}");
    return 0;
}
catch (BenchmarkException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
