using System.Text.Json.Serialization;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Json;

/// <summary>The JSON of the HTTP contract: the vendor's style, snake case, source-generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [
        typeof(MillisecondsConverter),
        typeof(RawJsonConverter),
        typeof(SnakeCaseEnumConverter<WorkflowPhase>),
        typeof(SnakeCaseEnumConverter<WorkflowOutcome>),
        typeof(SnakeCaseEnumConverter<ReceiptEffect>),
        typeof(SnakeCaseEnumConverter<FactKind>),
        typeof(SnakeCaseEnumConverter<AttentionReason>),
        typeof(SnakeCaseEnumConverter<ReceiptKind>),
        typeof(SnakeCaseEnumConverter<OverruledReason>),
        typeof(SnakeCaseEnumConverter<Rule>),
        typeof(SnakeCaseEnumConverter<RefoldState>),
        typeof(SnakeCaseEnumConverter<RepairKind>),
    ]
)]
[JsonSerializable(typeof(WorkflowView))]
[JsonSerializable(typeof(NodeTaskView))]
[JsonSerializable(typeof(ListAnswer<WorkflowSummary>))]
[JsonSerializable(typeof(ListAnswer<ReceiptSummary>))]
[JsonSerializable(typeof(ListAnswer<TransitionSummary>))]
[JsonSerializable(typeof(ListAnswer<FactSummary>))]
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
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(EmptyAnswer))]
public sealed partial class ApiJson : JsonSerializerContext;
