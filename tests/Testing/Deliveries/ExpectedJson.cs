using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>What the product must show of a state over HTTP, written without the product's own views.</summary>
public static class ExpectedJson
{
    private static ImmutableArray<WorkflowOutcome> Ranking => Evidence.Fold.Vocabulary.Ranking;

    /// <summary>The state of a workflow.</summary>
    public static JsonObject State(WorkflowState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new JsonObject
        {
            ["workflow_id"] = state.WorkflowId,
            ["workflow_name"] = state.Name ?? string.Empty,
            ["status"] = state.Status?.StatusBy(Ranking),
            ["phase"] = Word(state.Status?.Phase),
            ["outcome"] = Word(state.Status?.OutcomeBy(Ranking)),
            ["contested"] = Texts(state.Status?.Contested(Ranking) ?? []),
            ["version"] = state.Version,
            ["attention"] = new JsonArray([.. Attention.Of(state, Ranking).Select(OfAttention)]),
            ["first_received_at"] = Time(state.FirstReceivedAt),
            ["last_received_at"] = Time(state.LastReceivedAt),
            ["last_changed_at"] = Time(state.LastChangedAt),
            ["nodes"] = new JsonArray([.. state.Nodes.Select(Node)]),
            // No delivery is a fact.
            ["facts"] = new JsonObject(),
        };
    }

    /// <summary>A node task.</summary>
    public static JsonObject Node(NodeState node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var value = node.StatusValue(Ranking);
        return new JsonObject
        {
            ["nodetask_id"] = node.NodeTaskId,
            ["nodetask_name"] = node.Name,
            ["node_type"] = node.NodeType,
            ["status"] = value?.Status,
            ["phase"] = Word(value?.Phase),
            ["outcome"] = Word(value?.Outcome),
            ["version"] = node.Version,
            ["tasks"] = new JsonArray([.. node.Tasks.Select(OfTask)]),
            ["facts"] = new JsonObject(),
        };
    }

    /// <summary>The row of a workflow in the list.</summary>
    public static JsonObject Row(WorkflowState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new JsonObject
        {
            ["workflow_id"] = state.WorkflowId,
            ["workflow_name"] = state.Name ?? string.Empty,
            ["status"] = state.Status?.StatusBy(Ranking),
            ["phase"] = Word(state.Status?.Phase),
            ["outcome"] = Word(state.Status?.OutcomeBy(Ranking)),
            ["version"] = state.Version,
            ["attention"] = Texts(
                Attention
                    .Of(state, Ranking)
                    .Select(static attention => attention.Kind)
                    .Distinct()
                    .Order()
                    .Select(static kind => Word<AttentionReason>(kind)!)
            ),
            ["node_types"] = Texts(
                state
                    .Nodes.Select(static node => node.NodeType)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
            ),
            ["first_received_at"] = Time(state.FirstReceivedAt),
            ["last_received_at"] = Time(state.LastReceivedAt),
            ["last_changed_at"] = Time(state.LastChangedAt),
        };
    }

    /// <summary>The transitions of a receipt.</summary>
    public static IEnumerable<JsonObject> Transitions(FoldedReceipt folded) =>
        folded.Result.Transitions.Select(
            (transition, ordinal) =>
                new JsonObject
                {
                    ["seq"] = folded.Result.State.Seq,
                    ["version"] = folded.Result.State.Version,
                    ["ordinal"] = ordinal,
                    ["at"] = Time(folded.Shown.ReceivedAt),
                    ["receipt_id"] = folded.Shown.Id.ToString(),
                    ["kind"] = Word<TransitionKind>(transition.Kind),
                    ["subject"] = OfSubject(transition.Subject),
                    ["is_task"] = transition.Subject.IsTask,
                    ["from"] = transition.Rule is null ? Label(transition.FromText) : OfStatusValue(transition.From),
                    ["to"] = transition.Rule is null ? Label(transition.ToText) : OfStatusValue(transition.To),
                    ["told"] = transition.Rule is null ? null : transition.ToText,
                    ["rule"] = Word(transition.Rule),
                }
        );

    /// <summary>The word of the contract for a value of an enumeration.</summary>
    public static string? Word<T>(T? value)
        where T : struct, Enum =>
        value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;

    private static JsonObject OfTask(TaskState task) =>
        new()
        {
            ["task_id"] = task.TaskId,
            ["status"] = task.Status.StatusBy(Ranking),
            ["phase"] = Word<WorkflowPhase>(task.Status.Phase),
            ["outcome"] = Word(task.Status.OutcomeBy(Ranking)),
            ["contested"] = Texts(task.Status.Contested(Ranking)),
        };

    private static JsonObject OfAttention(Attention attention) =>
        new()
        {
            ["kind"] = Word<AttentionReason>(attention.Kind),
            ["subject"] = OfSubject(attention.Subject),
            ["detail"] = Texts(attention.Detail),
        };

    private static JsonObject OfSubject(Subject subject) =>
        new() { ["nodetask_id"] = subject.NodeTaskId, ["task_id"] = subject.TaskId };

    private static JsonObject? OfStatusValue(StatusValue? value) =>
        value is { } known
            ? new JsonObject
            {
                ["text"] = known.Status,
                ["phase"] = Word<WorkflowPhase>(known.Phase),
                ["outcome"] = Word(known.Outcome),
            }
            : null;

    private static JsonObject? Label(string? text) =>
        text is null
            ? null
            : new JsonObject
            {
                ["text"] = text,
                ["phase"] = null,
                ["outcome"] = null,
            };

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(static text => JsonValue.Create(text))]);

    private static string Time(long milliseconds) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(milliseconds)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
