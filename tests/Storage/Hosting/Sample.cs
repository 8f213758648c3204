using System.Collections.Immutable;
using System.Text;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>States and rows for tests of the storage alone.</summary>
internal static class Sample
{
    private static int _used;

    /// <summary>A time in Unix milliseconds.</summary>
    public const long Time = 1_795_341_600_000;

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string name) => $"{name}-{Interlocked.Increment(ref _used)}";

    /// <summary>A grain whose key is text.</summary>
    public static GrainId Grain(string key) => GrainId.Create("workflow", key);

    /// <summary>A state that holds a text and brings rows.</summary>
    public static WorkflowGrainState Value(string text, CommitRows? rows = null) => Value([text]) with { Rows = rows };

    /// <summary>A state that holds texts.</summary>
    public static WorkflowGrainState Value(IEnumerable<string> texts) =>
        new() { Workflow = WorkflowState.Unknown("sample") with { Sources = [.. texts] } };

    /// <summary>A state that nobody has read or written.</summary>
    public static GrainState<WorkflowGrainState> State(string text, CommitRows? rows = null) => new(Value(text, rows));

    /// <summary>The text in a state.</summary>
    public static string? Text(this IGrainState<WorkflowGrainState> state) => state.State!.Texts().SingleOrDefault();

    /// <summary>The texts in a state.</summary>
    public static ImmutableArray<string> Texts(this WorkflowGrainState state) => state.Workflow?.Sources ?? [];

    /// <summary>What a workflow's first receipt brings.</summary>
    public static CommitRows Rows(string workflowId, Guid? receiptId = null, long seq = 1, string? name = "A name")
    {
        var id = receiptId ?? Guid.CreateVersion7();
        return new CommitRows(Workflow(workflowId, seq) with { Name = name }, MovesInOrders: true, [Receipt(id, seq) with { Transitions = [Transition] }]);
    }

    /// <summary>A workflow in the list.</summary>
    public static WorkflowRow Workflow(string workflowId, long version = 1) => new(
        workflowId, "A name", "Running", "running", WorkflowPhase.Active, null, 0, ["call"], version, version, Time, Time, Time);

    /// <summary>A receipt.</summary>
    public static ReceiptRow Receipt(Guid id, long seq) => new(
        id, seq, Time + seq, "airudder", ReceiptEffect.Advanced, seq, "vocabulary", Encoding.UTF8.GetBytes($$"""{"seq":{{seq}}}"""), []);

    /// <summary>A transition.</summary>
    public static TransitionRow Transition { get; } = new(
        "status_changed", null, null, false, null, new StandingRow("Running", WorkflowPhase.Active, null), "Running", "first_sight");
}
