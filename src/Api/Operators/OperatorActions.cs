using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Operators;

/// <summary>Makes what is written down of the actions of operators.</summary>
internal sealed class OperatorActions(TimeProvider time)
{
    /// <summary>An action that begins now, of the client that asks for it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">What is done.</param>
    /// <param name="subject">With what; null if there is nothing to name. Never a person.</param>
    /// <param name="detail">What was said with it.</param>
    public OperatorAction Begin(
        HttpContext context,
        OperatorActionKind kind,
        string? subject = null,
        string? detail = null
    )
    {
        var now = time.GetUtcNow();
        var who = new Operator(
            context.User.Identity?.Name ?? "unknown",
            context.User.HighestRole(),
            context.Connection.RemoteIpAddress?.ToString()
        );
        return new OperatorAction(Guid.CreateVersion7(now), now, who, kind, subject, detail);
    }
}
