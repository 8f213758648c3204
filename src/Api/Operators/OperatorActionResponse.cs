using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Operators;

/// <summary>Something that an operator did.</summary>
/// <param name="ActionId">Its id; gives what was done before it as the parameter <c>before</c>.</param>
/// <param name="At">When.</param>
/// <param name="Name">Who: the name of the API key, or the subject of the token.</param>
/// <param name="Role">The role that allowed it.</param>
/// <param name="Address">The address that the request came from.</param>
/// <param name="Action">What.</param>
/// <param name="Subject">With what: a workflow, a refused request or a vocabulary; null if there is none.</param>
/// <param name="Detail">What was said with it, such as a note.</param>
/// <param name="Result">What came of it; null if its end is not known.</param>
public sealed record OperatorActionResponse(
    Guid ActionId,
    DateTimeOffset At,
    string Name,
    string Role,
    string? Address,
    OperatorActionKind Action,
    string? Subject,
    string? Detail,
    string? Result
)
{
    /// <summary>The answer for an action.</summary>
    internal static OperatorActionResponse Of(OperatorAction action) =>
        new(
            action.Id,
            action.At,
            action.Operator.Name,
            action.Operator.Role,
            action.Operator.Address,
            action.Kind,
            action.Subject,
            action.Detail,
            action.Result
        );
}
