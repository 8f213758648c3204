using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

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
            transition.Rule is { } rule ? Rules[(int)rule] : null
        );
    }

    /// <summary>The row of a transition that another vocabulary made.</summary>
    public static TransitionRow OfRefold(Transition transition) => Of(transition) with { Rule = "refold" };

    /// <summary>The row of a refold with what came of it.</summary>
    public static ReceiptRow OfRefold(ReceiptRow refold, long version, ImmutableArray<Transition> transitions) =>
        refold with
        {
            Effect = transitions.IsEmpty ? ReceiptEffect.Duplicate : ReceiptEffect.Advanced,
            Version = version,
            Transitions = ImmutableArray.CreateRange(transitions, OfRefold),
        };

    private static StatusValueRow? Row(StatusValue? value) =>
        value is { } known ? new StatusValueRow(known.Status, known.Phase, known.Outcome) : null;

    private static StatusValueRow? Row(string? text) => text is null ? null : new StatusValueRow(text, null, null);

    private static string[] SnakeCase<T>()
        where T : struct, Enum => Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
