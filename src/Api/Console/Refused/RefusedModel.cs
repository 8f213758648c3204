using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.Refused;

/// <summary>A page of refused requests.</summary>
/// <param name="Items">The requests, the latest first.</param>
/// <param name="Next">The address of the next page; null if there is none.</param>
/// <param name="IsFirst">Whether it is the first page.</param>
public sealed record RefusedModel(IReadOnlyList<RejectedRequest> Items, string? Next, bool IsFirst);
