using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Refolds;

/// <summary>Many small workflows, of which two vocabularies read some differently.</summary>
internal static class RefoldedWorkflows
{
    /// <summary>The settings that make of the default vocabulary the other one.</summary>
    public static readonly ImmutableArray<string> Settings =
    [
        "--Vocabulary:Words:on hold=scheduled",
        "--Vocabulary:Words:quota wait=failed",
        "--Vocabulary:Ranking=completed,failed,cancelled",
    ];

    /// <summary>The same as the body of a dry run.</summary>
    public const string Body =
        """{"words": {"On_Hold": "scheduled", "quota wait": "failed"}, "ranking": "completed,failed,cancelled"}""";

    /// <summary>The other vocabulary.</summary>
    public static readonly Vocabulary Other = new(
        Vocabulary
            .DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled))
            .SetItem("quota wait", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed)),
        [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
    );

    private static readonly string[] Words =
    [
        "on hold",
        "running",
        "quota wait",
        "finished",
        "stopped",
        "creating",
        "failed",
        "On_Hold",
    ];

    /// <summary>Three notifications of each workflow, shuffled together.</summary>
    public static DeliveryPlan Plan(int seed, int workflows)
    {
        var random = new Random(seed);
        var plannedDeliveries = new PlannedDelivery[workflows * 3];
        for (var i = 0; i < plannedDeliveries.Length; i++)
        {
            var said = new StatusChange(
                $"refold-{i / 3}",
                "Autumn",
                Words.Pick(random.Next()),
                [
                    new StatusChangeAction("n1", "Call", "call", "t1", Words.Pick(random.Next())),
                    new StatusChangeAction("n1", "Call", "call", "t2", Words.Pick(random.Next())),
                ]
            );
            plannedDeliveries[i] = new PlannedDelivery(
                i,
                Campaign.DefaultSource,
                said,
                ImmutableCollectionsMarshal.AsImmutableArray(VendorJson.Write(said))
            );
        }

        random.Shuffle(plannedDeliveries);
        return new DeliveryPlan(seed, [.. plannedDeliveries]);
    }

    /// <summary>Compares every stored state with a fold from nothing of the stored receipts.</summary>
    /// <returns>How many workflows there are.</returns>
    public static async Task<int> ShouldBeFoldsFromNothing(string connectionString)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        var states = new Dictionary<string, WorkflowState>();
        await using (
            var stored = dataSource.CreateCommand(
                "SELECT payloadbinary FROM orleansstorage WHERE graintypestring = 'workflow'"
            )
        )
        await using (var reader = await stored.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                var state = JsonSerializer
                    .Deserialize(reader.GetFieldValue<byte[]>(0), GrainStateJson.Default.WorkflowGrainState)!
                    .Workflow!;
                states.Add(state.WorkflowId, state);
            }
        }

        var fold = new WorkflowFold(Other);
        var refolded = states.Keys.ToDictionary(static id => id, WorkflowState.Unknown);
        await using (
            var receipts = dataSource.CreateCommand(
                "SELECT workflow_id, source, received_at, body FROM receipt WHERE kind = 0 ORDER BY workflow_id, seq"
            )
        )
        await using (var reader = await receipts.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                var id = reader.GetString(0);
                refolded[id] = fold.Apply(
                    refolded[id],
                    new Receipt(
                        Guid.Empty,
                        reader.GetInt64(2),
                        reader.GetString(1),
                        VendorJson.Read(reader.GetFieldValue<byte[]>(3))
                    )
                ).State;
            }
        }

        foreach (var (id, state) in states)
        {
            var expected = refolded[id];
            state.Fingerprint.ShouldBe(Other.Fingerprint, id);
            (state.Name, state.Status, state.Seq).ShouldBe((expected.Name, expected.Status, expected.Seq + 1), id);
            state.Nodes.Single().Tasks.ShouldBe(expected.Nodes.Single().Tasks, id);
        }

        return states.Count;
    }
}
