using System.Text.Json;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Writes the fold's transitions as rows.</summary>
internal static class TransitionRows
{
    private static readonly string[] Kinds = SnakeCase<TransitionKind>();
    private static readonly string[] Rules = SnakeCase<Rule>();

    /// <summary>The row of a transition.</summary>
    public static TransitionRow Of(Transition transition)
    {
        var isStatus = transition.To is not null;
        return new TransitionRow(
            Kinds[(int)transition.Kind],
            transition.Subject.NodeTaskId,
            transition.Subject.TaskId,
            transition.Subject.IsTask,
            isStatus ? Row(transition.From) : Row(transition.FromText),
            isStatus ? Row(transition.To) : Row(transition.ToText),
            isStatus ? transition.ToText : null,
            transition.Rule is { } rule ? Rules[(int)rule] : null);
    }

    /// <summary>The row of a transition that another vocabulary made.</summary>
    public static TransitionRow OfRefold(Transition transition) => Of(transition) with { Rule = "refold" };

    private static StandingRow? Row(Standing? standing) => standing is { } known
        ? new StandingRow(known.Status, (WorkflowPhase)known.Phase, (WorkflowOutcome?)known.Outcome)
        : null;

    private static StandingRow? Row(string? text) => text is null ? null : new StandingRow(text, null, null);

    private static string[] SnakeCase<T>()
        where T : struct, Enum =>
        Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
