using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.OneWorkflow;

/// <summary>Why a status is what it is.</summary>
/// <param name="State">The workflow.</param>
/// <param name="Node">The node task; null for the workflow itself.</param>
/// <param name="Task">The task; null for the node task itself.</param>
/// <param name="Changes">The changes of the status, the latest first.</param>
public sealed record ExplanationModel(WorkflowView State, NodeTaskView? Node, TaskView? Task, ImmutableArray<TransitionSummary> Changes);
