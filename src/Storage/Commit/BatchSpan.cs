using System.Diagnostics;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// The span of a batch, which belongs to many traces. It is a child of the first caller that is traced, so that it is
/// recorded exactly if one of them is, and is linked with all of them in both directions: from the trace of a
/// notification one finds its commit, and back.
/// </summary>
internal static class BatchSpan
{
    /// <summary>Starts the span of a batch; null if nothing in it is traced.</summary>
    public static Activity? Start(string name, IReadOnlyCollection<IKeyedRequest> batch)
    {
        if (!WorkflowTelemetry.Spans.HasListeners())
            return null;

        List<Activity> callers = [.. batch.SelectMany(static request => request.Callers)];
        if (callers.Count == 0)
            return null;

        var span = WorkflowTelemetry.Spans.StartActivity(
            name,
            ActivityKind.Internal,
            callers[0].Context,
            [new("workflow.batch.size", batch.Count)],
            callers.Select(static caller => new ActivityLink(caller.Context))
        );
        if (span is not null)
        {
            foreach (var caller in callers)
                caller.AddLink(new ActivityLink(span.Context));
        }

        return span;
    }

    /// <summary>Ends the span of a batch that failed.</summary>
    public static void Fail(Activity? span, Exception exception)
    {
        if (span is null)
            return;

        span.SetTag("error.type", exception.GetType().FullName);
        span.SetStatus(ActivityStatusCode.Error);
        span.Stop();
    }

    /// <summary>The span that is recorded here, as the one caller of a request; nobody if nothing is traced.</summary>
    public static IReadOnlyList<Activity> Caller() => Activity.Current is { Recorded: true } caller ? [caller] : [];
}
