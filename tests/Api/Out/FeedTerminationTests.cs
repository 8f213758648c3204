using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Feeds;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>A reader that stays connected, while PostgreSQL loses the sessions in which the Api reads for it.</summary>
public sealed class FeedTerminationTests(SharedPostgres postgres)
{
    private const int Senders = 12,
        Terminations = 12;
    private const string Connection = "--ConnectionStrings:Workflows=";

    [Fact]
    public async Task A_connected_reader_gets_each_change_once_and_in_order_while_sessions_are_terminated()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        var database = await postgres.CreateDatabaseAsync("terminated");
        var connection = database.Settings.Single(static setting =>
            setting.StartsWith(Connection, StringComparison.Ordinal)
        )[Connection.Length..];
        await using var api = await ApiProcess.StartAsync(database, "--Storage:CommitConcurrency=4");
        using var reader = new FeedReader();
        await using var events = await OpenFeed.StartAsync(reader, new Uri(api.Root, "/events"), deadline.Token);
        await using var terminator = new SessionTerminator(connection, "orleans-workflow");

        var terminating = terminator.Run(Terminations);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Send(api.Client, terminating)));
        await terminating;

        var stored = await Stored(database);
        var read = new List<long>();
        while (read.Count == 0 || read[^1] < stored[^1])
            read.Add((await events.Next()).Number("position"));

        read.ShouldBe(stored);
    }

    /// <summary>Sends until the last session is terminated; each notification changes something.</summary>
    private static async Task Send(ApiClient client, Task terminating)
    {
        var (id, statuses) = (Report.NewId(), (string[])["running", "paused"]);
        for (var i = 0; !terminating.IsCompleted; i++)
            await client.NotifyAsync(Report.Workflow(id, statuses[i % 2]));
    }

    private static async Task<List<long>> Stored(ITestDatabase database)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT position FROM receipt WHERE position IS NOT NULL ORDER BY position";
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var positions = new List<long>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            positions.Add(reader.GetInt64(0));

        return positions;
    }
}
