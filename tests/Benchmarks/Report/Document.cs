using System.Text;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Report;

/// <summary>
/// <c>docs/benchmarks.md</c>: each section says when and at which commit it was measured, so that one workload can be measured again
/// without the others, whose sections stay as they are.
/// </summary>
internal sealed class Document(Machine machine, Options options, string commit)
{
    private const string Heading = "\n### ";

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "docs", "benchmarks.md");

    public async Task WriteAsync(IReadOnlyList<string> order, string name, string section)
    {
        var date = TimeProvider.System.GetUtcNow();
        var provenance =
            $"<sub>{date:yyyy-MM-dd}, commit {commit}, {options.Runs} runs of {options.Duration.TotalSeconds:0} s, {options.Connections} connections, {machine.Processor}, {machine.Cores} cores</sub>";
        var sections = await ReadSectionsAsync();
        sections[name] = $"{section.TrimEnd()}\n\n{provenance}\n";

        var text = new StringBuilder(Introduction());
        foreach (var known in order.Where(sections.ContainsKey))
            text.Append('\n').Append(sections[known]);

        await File.WriteAllTextAsync(Path, text.ToString());
    }

    /// <summary>The sections as they are, by their headings.</summary>
    private static async Task<Dictionary<string, string>> ReadSectionsAsync() => !File.Exists(Path)
        ? []
        : (await File.ReadAllTextAsync(Path)).Split(Heading).Skip(1).ToDictionary(
            static section => section[..section.IndexOf('\n', StringComparison.Ordinal)].Trim(),
            static section => $"{Heading.TrimStart()}{section.TrimEnd()}\n");

    private string Introduction() =>
        $"""
        # Benchmarks

        Made by `dotnet run -c Release --project tests/Benchmarks`; nothing here is written by hand. {machine.Processor}, {machine.Cores} cores,
        {machine.Memory} of memory, {machine.System}, {machine.Runtime}, PostgreSQL {machine.Postgres}.

        ## Method
        - Everything runs on one machine: the service, the database and the load generator share its cores. PostgreSQL is a throw-away
          server with its default settings and durability (`fsync=on`, `synchronous_commit=on`); SQLite uses WAL and `synchronous=FULL`.
          Each contestant has a database of its own.
        - The *product* is `src/Api`, published Release, with its embedded silo; with *two silos* it is a client of these, three
          processes in all. *By hand* (`tests/Benchmarks/Peers/ByHand`) is a minimal
          API on Npgsql: per notification one transaction in three round trips: lock the workflow row; upsert the workflow, upsert its
          nodes in one statement, insert a log row; commit. Last message wins. *Plain Orleans* (`Peers/PlainOrleans`) is a workflow
          grain with node grains on the ADO.NET provider as its documentation sets it up; *tuned* is the same with System.Text.Json,
          a shared, auto-preparing data source. It keeps no log, and writes a grain only when it changed. No peer can cope with disorder.
        - The load generator is one thread over kept-alive sockets. Closed loop: each connection sends its next request as soon as it
          has its answer. Open loop: requests are due at a fixed rate and latencies count from when they were due, also if they had to
          wait for a connection (no coordinated omission).
        - Contestants run as in production; that they were started once in development before has prepared their databases.
        - Contestants are started together, warmed up (with a VACUUM ANALYZE in the middle, as autovacuum would do within a minute), and run
          in turn, the other way round in every second round, with a checkpoint in between; medians of the runs are shown. Each run uses workflows of its own. The contestants that wait are idle, not stopped.
        - A run counts only if no request failed and the final states are right: up to 250 workflows, evenly spread, are read back and
          compared: the product's with the fold of what was acknowledged, computed in the benchmark; the peers' with the last message.
        - CPU is user and system time of the service and the whole database server, from `/proc`, for each acknowledged request.

        ## Results

        """;
}
