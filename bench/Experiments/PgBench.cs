using System.Globalization;
using Npgsql;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What the database can do at best with one transaction each: bare prepared upserts of one row, by its own tool.
/// </summary>
internal sealed class PgBench : IExperiment
{
    private const int PayloadBytes = 620;

    private const string Script = """
        \set id random(1, 100000)
        INSERT INTO bare VALUES (:id, :payload) ON CONFLICT (id) DO UPDATE SET payload = excluded.payload;

        """;

    public async Task<string?> RunAsync(Bench bench)
    {
        var connection = new NpgsqlConnectionStringBuilder(await bench.Server.CreateDatabaseAsync("bench_bare"));
        await using (var dataSource = NpgsqlDataSource.Create(connection))
        await using (
            var table = dataSource.CreateCommand(
                "CREATE TABLE bare (id int PRIMARY KEY, payload text NOT NULL) WITH (fillfactor = 60)"
            )
        )
            await table.ExecuteNonQueryAsync();

        var script = Path.Combine(Repository.Artifacts, "pgbench.sql");
        await File.WriteAllTextAsync(script, Script);
        var rates = new List<double>();
        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            rates.Add(await RunOnceAsync(connection, script, bench.Options));
            Bench.Say($"pgbench    run {run}  {rates[^1], 8:n0}/s");
        }

        var bare = rates.Median();
        var text =
            $"### pgbench\n\nOne prepared upsert of one row of {PayloadBytes} bytes per transaction, "
            + $"{bench.Options.Connections} clients: {bare:n0} transactions/s.\n";
        return bench.Figures.Find("advance", "product") is { } product
            ? $"{text}The product's advance, with receipts and transitions kept, is "
                + $"{product.PerSecond / bare:0.00} × that (0.6 is wanted).\n"
            : text;
    }

    private static async Task<double> RunOnceAsync(
        NpgsqlConnectionStringBuilder connection,
        string script,
        Options options
    )
    {
        var program =
            PostgresBinaries.TryFind() is { } binaries && File.Exists(binaries["pgbench"])
                ? binaries["pgbench"]
                : "pgbench";
        var output = await Command.RunAsync(
            program,
            "--no-vacuum",
            "--protocol=prepared",
            $"--client={options.Connections}",
            "--jobs=2",
            $"--time={options.Duration.TotalSeconds:0}",
            $"--define=payload={new string('x', PayloadBytes)}",
            $"--file={script}",
            $"--host={connection.Host}",
            $"--port={connection.Port}",
            $"--username={connection.Username}",
            connection.Database!
        );
        var line = output.Split('\n').First(line => line.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
