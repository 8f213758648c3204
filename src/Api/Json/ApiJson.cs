using System.Text.Json.Serialization;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Storage.Changes;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Json;

/// <summary>The JSON of the HTTP contract: the vendor's style, snake case, source-generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters =
    [
        typeof(MillisecondsConverter),
        typeof(RawJsonConverter),
        typeof(SnakeCaseEnumConverter<WorkflowPhase>),
        typeof(SnakeCaseEnumConverter<WorkflowOutcome>),
        typeof(SnakeCaseEnumConverter<ReceiptEffect>),
        typeof(SnakeCaseEnumConverter<AttentionReason>),
        typeof(SnakeCaseEnumConverter<ReceiptKind>),
        typeof(SnakeCaseEnumConverter<OverruledReason>),
        typeof(SnakeCaseEnumConverter<Rule>),
        typeof(SnakeCaseEnumConverter<RefoldState>),
        typeof(SnakeCaseEnumConverter<RepairKind>),
    ])]
[JsonSerializable(typeof(WorkflowView))]
[JsonSerializable(typeof(NodeTaskView))]
[JsonSerializable(typeof(ListAnswer<WorkflowSummary>))]
[JsonSerializable(typeof(ListAnswer<ReceiptSummary>))]
[JsonSerializable(typeof(ListAnswer<TransitionSummary>))]
[JsonSerializable(typeof(ReceiptAnswer))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(ListAnswer<Overruled>))]
[JsonSerializable(typeof(VocabularyAnswer))]
[JsonSerializable(typeof(RefoldJobAnswer))]
[JsonSerializable(typeof(DryRunLine))]
[JsonSerializable(typeof(DryRunSummary))]
[JsonSerializable(typeof(CountsAnswer))]
[JsonSerializable(typeof(Change))]
[JsonSerializable(typeof(ListAnswer<SourceAnswer>))]
[JsonSerializable(typeof(ListAnswer<KeyAnswer>))]
[JsonSerializable(typeof(VocabularyToTry))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(EmptyAnswer))]
public sealed partial class ApiJson : JsonSerializerContext;

/// <summary>Enumerations as snake case words.</summary>
internal sealed class SnakeCaseEnumConverter<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
