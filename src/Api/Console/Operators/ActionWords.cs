using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Console.Operators;

/// <summary>How actions of operators are called on pages.</summary>
internal static class ActionWords
{
    /// <summary>What was done, behind the name of who did it.</summary>
    public static string Past(OperatorActionKind kind) =>
        kind switch
        {
            OperatorActionKind.Acknowledge => "acknowledged",
            OperatorActionKind.Snooze => "snoozed",
            OperatorActionKind.Reopen => "reopened",
            OperatorActionKind.Note => "noted",
            OperatorActionKind.Resend => "sent again",
            OperatorActionKind.Refold => "began a refold",
            OperatorActionKind.Erase => "erased a person",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an action."),
        };
}
