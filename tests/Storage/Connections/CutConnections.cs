using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// Grains on a PostgreSQL whose connections are cut: before a commit, in it, and between it and its answer. Nothing
/// that was acknowledged may be lost, and nothing may be there twice.
/// </summary>
public sealed class CutConnections(PostgresDatabases databases)
{
    private const int Workflows = 16,
        DeliveriesEach = 75,
        Callers = 32,
        Cuts = 24;

    private static readonly JsonSerializerOptions Json = new() { TypeInfoResolver = GrainStateJson.Default };

    private readonly ConcurrentDictionary<Guid, (Acknowledgement Answer, int Attempts)> _answers = new();
    private int _answered;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_there_twice()
    {
        var settings = await databases.CreateAsync();
        var direct = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        await using var proxy = new CuttingProxy(direct.Host!, direct.Port);
        var cut = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = proxy.Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        await using var silo = await SiloUnderTest.StartAsync(
            settings with
            {
                ConnectionString = cut.ConnectionString,
            }
        );
        await using var saboteur = new ConnectionKiller(settings.ConnectionString);
        var deliveries = Deliveries();

        var waiting = new ConcurrentQueue<NotificationReceipt>(
            deliveries.Values.Select(static delivery => delivery.Receipt)
        );
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => Deliver(silo, waiting))).ToList();
        var cutting = Cut(proxy, saboteur, deliveries.Count);
        await Task.WhenAll([.. callers, cutting]).InTime();

        proxy.Swallowed.ShouldBeGreaterThanOrEqualTo((Cuts / 3) - 1);
        saboteur.KilledInCommit.ShouldBeGreaterThanOrEqualTo(Cuts / 3);
        _answers.Values.ShouldContain(static answer => answer.Attempts > 1);
        _answers.Keys.ShouldBe(deliveries.Keys, ignoreOrder: true);

        // What was killed while it was idle in the pool is not found dead by what is looked up from here on.
        ((PostgresConnections)silo.Database).Clear();
        foreach (
            var workflowId in deliveries
                .Values.Select(static delivery => delivery.Receipt.Notification.WorkflowId)
                .Distinct()
        )
            await Check(silo, workflowId, deliveries);

        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(deliveries.Count);
    }

    /// <summary>Histories of workflows as a bad network brings them, in one order that follows from a seed.</summary>
    private static Dictionary<Guid, (NotificationReceipt Receipt, StatusChange Notification)> Deliveries()
    {
        var random = new Random(4711);
        var deliveries = Enumerable
            .Range(0, Workflows)
            .SelectMany(seed =>
                Mangling.Duplicate(
                    CampaignModel
                        .Generate(seed, new CampaignOptions { Moves = (DeliveriesEach * 2 / 3) - 1 })
                        .Deliveries(),
                    random,
                    DeliveriesEach / 3
                )
            )
            .ToArray();
        random.Shuffle(deliveries);
        return deliveries
            .Select(static delivery =>
                (
                    Receipt: Receipts.Of(delivery.Notification, Guid.CreateVersion7(), delivery.Source),
                    delivery.Notification
                )
            )
            .ToDictionary(static delivery => delivery.Receipt.Id);
    }

    private async Task Deliver(SiloUnderTest silo, ConcurrentQueue<NotificationReceipt> waiting)
    {
        while (waiting.TryDequeue(out var receipt))
        {
            Acknowledgement? answer = null;
            for (var attempt = 1; answer is null; attempt++)
            {
                try
                {
                    answer = await silo.Workflow(receipt.Notification.WorkflowId).Receive(receipt);
                    _answers.TryAdd(receipt.Id, (answer, attempt)).ShouldBeTrue();
                    Interlocked.Increment(ref _answered);
                }
                catch (Exception exception)
                    when (exception is WorkflowUnavailableException or TimeoutException or OrleansException)
                {
                    // What the Api takes for transient; any other exception fails the test.
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                }
            }
        }
    }

    /// <summary>Cuts at places that are spread over the work.</summary>
    private async Task Cut(CuttingProxy proxy, ConnectionKiller saboteur, int deliveries)
    {
        for (var cut = 0; cut < Cuts; cut++)
        {
            var place = deliveries * cut / (Cuts + 1);
            await Deadline.Until(() => Volatile.Read(ref _answered) >= place, $"{place} answers");
            switch (cut % 6)
            {
                case 0 or 3:
                    proxy.Arm();
                    break;
                case 1:
                    await saboteur.KillInCommit("orleansstorage");
                    break;
                case 4:
                    await saboteur.KillInCommit("receipt");
                    break;
                default:
                    await saboteur.KillAll();
                    break;
            }
        }
    }

    private async Task Check(
        SiloUnderTest silo,
        string workflowId,
        Dictionary<Guid, (NotificationReceipt Receipt, StatusChange Notification)> deliveries
    )
    {
        var fold = new WorkflowFold(Vocabulary.Default);
        var state = WorkflowState.Unknown(workflowId);
        var changes = 0;
        foreach (var stored in await StoredReceipts(silo.ReadModel, workflowId))
        {
            var (receipt, notification) = deliveries[stored.ReceiptId];
            var result = fold.Apply(
                state,
                new Receipt(stored.ReceiptId, stored.ReceivedAt.ToUnixTimeMilliseconds(), stored.Source, notification)
            );
            (state, changes) = (result.State, changes + result.Transitions.Length);

            stored.Seq.ShouldBe(state.Seq, "sequence numbers have no gap");
            (stored.Effect, stored.Version).ShouldBe((result.Effect, state.Version));
            _answers[stored.ReceiptId].Answer.ShouldBe(new Acknowledgement(receipt.Id, stored.Effect, stored.Version));
        }

        state.Seq.ShouldBe(deliveries.Values.Count(delivery => delivery.Notification.WorkflowId == workflowId));
        var committed = (await silo.StoredWorkflow(workflowId)).Workflow!;
        JsonSerializer.Serialize(committed, Json).ShouldBe(JsonSerializer.Serialize(state, Json));
        (
            await silo.Number(
                "SELECT version FROM workflow WHERE workflow_id = @id AND seq = @seq",
                ("id", workflowId),
                ("seq", state.Seq)
            )
        ).ShouldBe(state.Version);
        (
            await silo.Number(
                "SELECT count(*) FROM receipt WHERE workflow_id = @id AND effect IN (2, 3)",
                ("id", workflowId)
            )
        ).ShouldBe(state.Version);
        (
            await silo.ReadModel.ListTransitions(workflowId, null, 1_000_000, CancellationToken.None)
        ).Items.Length.ShouldBe(changes);
        foreach (var node in state.Nodes)
        {
            var decided = JsonSerializer.Serialize(Views.Of(node, Vocabulary.Default.Ranking));
            JsonSerializer.Serialize(await silo.NodeTask(workflowId, node.NodeTaskId).GetState()).ShouldBe(decided);
        }
    }

    private static async Task<List<ReceiptSummary>> StoredReceipts(SqlReadModel readModel, string workflowId)
    {
        var found = new List<ReceiptSummary>();
        ReceiptPosition? after = null;
        do
        {
            var page = await readModel.ListReceipts(workflowId, after, 1000, CancellationToken.None);
            found.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);

        return found;
    }
}
