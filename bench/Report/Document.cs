using System.Text;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Report;

/// <summary>
/// <c>docs/benchmarks.md</c>: each section says when and at which commit it was measured, so that one workload can be
/// measured again without the others, whose sections stay as they are.
/// </summary>
internal sealed class Document(Machine machine, Options options, string commit)
{
    private const string Heading = "\n### ";

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "docs", "benchmarks.md");

    public async Task WriteAsync(IReadOnlyList<string> order, string name, string section)
    {
        var date = TimeProvider.System.GetUtcNow();
        var provenance =
            $"<sub>{date:yyyy-MM-dd}, commit {commit}, {options.Runs} runs of {options.Duration.TotalSeconds:0} "
            + $"s, {options.Connections} connections, {machine.Processor}, {machine.Cores} cores</sub>";
        var sections = await ReadSectionsAsync();
        sections[name] = $"{section.TrimEnd()}\n\n{provenance}\n";

        var text = new StringBuilder(Introduction());
        foreach (var known in order.Where(sections.ContainsKey))
            text.Append('\n').Append(sections[known]);

        await File.WriteAllTextAsync(Path, text.ToString());
    }

    /// <summary>The sections as they are, by their headings.</summary>
    private static async Task<Dictionary<string, string>> ReadSectionsAsync() =>
        !File.Exists(Path)
            ? []
            : (await File.ReadAllTextAsync(Path))
                .Split(Heading)
                .Skip(1)
                .ToDictionary(
                    static section => section[..section.IndexOf('\n', StringComparison.Ordinal)].Trim(),
                    static section => $"{Heading.TrimStart()}{section.TrimEnd()}\n"
                );

    private string Introduction() =>
        $"""
            # Benchmarks

            Written by `dotnet run -c Release --project bench`; no line is written by hand.
            {machine.Processor}, {machine.Cores} cores, {machine.Memory} of memory, {machine.System},
            {machine.Runtime}, PostgreSQL {machine.Postgres}.

            ## Method
            - Everything runs on one machine: the service, the database and the load generator share its cores.
              PostgreSQL is a throw-away server with its default settings and durability (`fsync=on`,
              `synchronous_commit=on`); SQLite uses WAL and `synchronous=FULL`. Each contestant has a database of its
              own.
            - The *product* is `src/Api`, published as Release, with its embedded silo. With *two silos* it is a
              client of them: three processes.
            - *By hand* (`bench/Peers/ByHand`) is a minimal API on Npgsql. Each notification is one
              transaction in three round trips: lock the workflow row; upsert the workflow, upsert its nodes in one
              statement, insert a log row; commit. The last message wins. A call completion is one statement,
              which inserts it unless it is there, and counts it if it was not; of a repeat nothing is kept.
            - *Plain Orleans* (`Peers/PlainOrleans`) is a workflow grain with node grains on the ADO.NET provider, as
              its documentation sets it up. *Tuned* is the same with System.Text.Json and a shared data source that
              prepares statements. It keeps no log, and writes a grain only when it changed.
            - No peer handles notifications that arrive out of order.
            - The load generator is one thread over kept-alive sockets. Closed loop: each connection sends its next
              request as soon as it has its answer. Open loop: requests are due at a fixed rate. Their latencies count
              from the time when they were due, also if they had to wait for a connection (no coordinated omission).
            - Contestants run as in production. A first start in development has prepared their databases.
            - Contestants are started together and warmed up, with a VACUUM ANALYZE in the middle, as autovacuum does
              within a minute. They run in turn, in reverse order in every second round, with a checkpoint in between.
              The report shows medians of the runs. Each run uses workflows of its own. The contestants that wait are
              idle, not stopped.
            - A run counts only if no request failed and the final states are right. Up to 250 workflows, evenly
              spread, are read back: the product's are compared with the fold of what was acknowledged, computed in
              the benchmark, the peers' with the last message.
            - CPU is user and system time of the service and the whole database server, from `/proc`, for each
              acknowledged request.

            ## Results

            """;
}
