using System.Collections.Immutable;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Console.Operators;

/// <summary>A page of the actions of operators.</summary>
/// <param name="Subject">Of this subject alone; null for all.</param>
/// <param name="Items">The actions, the latest first.</param>
/// <param name="Next">The address of the next page; null if there is none.</param>
/// <param name="IsFirst">Whether it is the first page.</param>
public sealed record ActionsModel(string? Subject, ImmutableArray<OperatorAction> Items, string? Next, bool IsFirst);
