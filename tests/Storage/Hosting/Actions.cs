using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Actions of an operator.</summary>
internal static class Actions
{
    private static int _made;

    /// <summary>An action that anna begins, a millisecond after the one before.</summary>
    public static OperatorAction Of(OperatorActionKind kind, string? subject = null, string? detail = null)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time + Interlocked.Increment(ref _made));
        return new OperatorAction(
            Guid.CreateVersion7(at),
            at,
            new Operator("anna", "operate", "192.0.2.7"),
            kind,
            subject,
            detail
        );
    }
}
