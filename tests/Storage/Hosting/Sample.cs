using System.Text;
using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Commits for tests of the storage alone.</summary>
internal static class Sample
{
    private static int _used;

    /// <summary>A time in Unix milliseconds.</summary>
    public const long Time = 1_795_341_600_000;

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string name) => $"{name}-{Interlocked.Increment(ref _used)}";

    /// <summary>
    /// A commit of one receipt that changed something: the first of a workflow, or the one after a version.
    /// </summary>
    public static WorkflowCommit Commit(
        string workflowId,
        string state = "state",
        int? version = null,
        Guid? receiptId = null,
        string? name = "A name"
    )
    {
        var seq = (version ?? 0) + 1;
        var receipt = Receipt(receiptId ?? Guid.CreateVersion7(), seq) with { Transitions = [Transition] };
        return new WorkflowCommit(Workflow(workflowId, seq) with { Name = name }, [receipt])
        {
            Version = version,
            State = Encoding.UTF8.GetBytes(state),
        };
    }

    /// <summary>A commit of receipts that changed nothing: the row keeps its state.</summary>
    public static WorkflowCommit Unchanged(string workflowId, int version, params long[] seqs) =>
        new(
            Workflow(workflowId) with
            {
                Seq = seqs[^1],
                LastReceivedAt = Time + seqs[^1],
            },
            [
                .. seqs.Select(static seq =>
                    Receipt(Guid.CreateVersion7(), seq) with
                    {
                        Effect = ReceiptEffect.Duplicate,
                        Version = 1,
                    }
                ),
            ]
        )
        {
            Version = version,
        };

    /// <summary>A commit of a workflow in the list, without receipts.</summary>
    public static WorkflowCommit Listed(WorkflowRow row) => new(row, []) { State = "{}"u8.ToArray() };

    /// <summary>The text that is stored as the state.</summary>
    public static string? Text(this StoredRow? row) => row?.State is { } state ? Encoding.UTF8.GetString(state) : null;

    /// <summary>A grain of any kind, as the provider is given it.</summary>
    public static GrainId Grain(string key) => GrainId.Create("workflow", key);

    /// <summary>A state that holds a text, as the provider is given it.</summary>
    public static GrainState<WorkflowGrainState> State(string text) => new(Value(text));

    /// <summary>The text in a state that the provider has read.</summary>
    public static string? Text(this GrainState<WorkflowGrainState> state) =>
        state.State?.Workflow?.Sources.SingleOrDefault();

    /// <summary>A state that holds a text, as a grain brings it to a commit.</summary>
    public static byte[] Payload(string text) =>
        JsonSerializer.SerializeToUtf8Bytes(Value(text), GrainStateJson.Default.WorkflowGrainState);

    /// <summary>A workflow in the list.</summary>
    public static WorkflowRow Workflow(string workflowId, long version = 1) =>
        new(
            workflowId,
            "A name",
            "Running",
            "running",
            WorkflowPhase.Active,
            null,
            0,
            ["call"],
            version,
            version,
            Time,
            Time,
            Time
        );

    /// <summary>A receipt.</summary>
    public static ReceiptRow Receipt(Guid id, long seq) =>
        new(
            id,
            seq,
            Time + seq,
            "airudder",
            ReceiptEffect.Advanced,
            seq,
            "vocabulary",
            Encoding.UTF8.GetBytes($$"""{"seq":{{seq}}}"""),
            []
        );

    /// <summary>A transition.</summary>
    public static TransitionRow Transition { get; } =
        new(
            "status_changed",
            null,
            null,
            false,
            null,
            new StatusValueRow("Running", WorkflowPhase.Active, null),
            "Running",
            "first_sight"
        );

    private static WorkflowGrainState Value(string text) =>
        new() { Workflow = WorkflowState.Unknown("sample") with { Sources = [text] } };
}
