using System.Text.Json.Serialization;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Operators;
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
        typeof(SnakeCaseEnumConverter<OperatorActionKind>),
    ]
)]
[JsonSerializable(typeof(WorkflowView))]
[JsonSerializable(typeof(NodeTaskView))]
[JsonSerializable(typeof(ListResponse<WorkflowSummary>))]
[JsonSerializable(typeof(ListResponse<ReceiptSummary>))]
[JsonSerializable(typeof(ListResponse<TransitionSummary>))]
[JsonSerializable(typeof(ListResponse<FactSummary>))]
[JsonSerializable(typeof(ReceiptResponse))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(ListResponse<Overruled>))]
[JsonSerializable(typeof(VocabularyResponse))]
[JsonSerializable(typeof(RefoldJobResponse))]
[JsonSerializable(typeof(DryRunLine))]
[JsonSerializable(typeof(DryRunSummary))]
[JsonSerializable(typeof(CountsResponse))]
[JsonSerializable(typeof(Change))]
[JsonSerializable(typeof(ListResponse<SourceResponse>))]
[JsonSerializable(typeof(ListResponse<KeyResponse>))]
[JsonSerializable(typeof(VocabularyToTry))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureResponse))]
[JsonSerializable(typeof(ListResponse<OperatorActionResponse>))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(EmptyResponse))]
public sealed partial class ApiJson : JsonSerializerContext;
