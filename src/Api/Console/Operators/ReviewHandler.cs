using System.Globalization;
using Orleans.Workflow.Api.Operators;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Api.Console.Operators;

/// <summary>Reads and writes what operators decide of a workflow's attention.</summary>
internal sealed class ReviewHandler(
    SqlAttentionReviews reviews,
    SqlOperatorLog log,
    OperatorActions actions,
    TimeProvider time
)
{
    private const int Shown = 5;

    /// <summary>What was decided of a workflow.</summary>
    public async Task<ReviewModel> Read(WorkflowView state, CancellationToken cancellationToken)
    {
        var latest = await log.List(state.WorkflowId, null, Shown + 1, cancellationToken);
        return new ReviewModel(
            state.WorkflowId,
            state.Attention.Aggregate(0, static (bits, found) => bits | 1 << (int)found.Kind),
            await reviews.Find(state.WorkflowId, time.GetUtcNow(), cancellationToken),
            [.. latest.Take(Shown)],
            latest.Length > Shown
        );
    }

    /// <summary>Does what the form says, and leads back to the page of the workflow.</summary>
    public async Task<IResult> Post(HttpContext context)
    {
        var parameters = new ConsoleQuery(context).Parameters("workflow_id");
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        var form = await ConsolePage.ReadForm(context);
        var note = form["note"].ToString().Trim();
        if (KindOf(form["action"].ToString()) is not { } kind)
            return Invalid("action must be one of: acknowledge, snooze, reopen, note.");

        if (note.Length > ReviewModel.MaxNote || (kind == OperatorActionKind.Note && note.Length == 0))
            return Invalid($"note must have at most {ReviewModel.MaxNote} characters, and a note at least one.");

        var (seen, problem) = SeenIn(form, kind);
        if (problem is not null)
            return Invalid(problem);

        var action = actions.Begin(context, kind, workflowId, note.Length == 0 ? null : note) with { Result = "done" };
        return await ConsolePage.Guard(async () =>
            await reviews.Review(workflowId, seen, action, context.RequestAborted)
                ? Results.Redirect(ConsoleLinks.Workflow(workflowId))
                : ConsolePage.NotFound("Nothing is known of this workflow.")
        );
    }

    /// <summary>What is put aside; null if nothing is.</summary>
    private (AttentionReview? Seen, string? Problem) SeenIn(IFormCollection form, OperatorActionKind kind)
    {
        if (kind is not (OperatorActionKind.Acknowledge or OperatorActionKind.Snooze))
            return (null, null);

        if (!int.TryParse(form["seen"], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits == 0)
            return (null, "seen must be the reasons that the page showed, as a number.");

        if (kind == OperatorActionKind.Acknowledge)
            return (new AttentionReview(bits, Until: null), null);

        return
            int.TryParse(form["hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            && ReviewModel.Snoozes.Any(snooze => snooze.Hours == hours)
            ? (new AttentionReview(bits, time.GetUtcNow() + TimeSpan.FromHours(hours)), null)
            : (
                null,
                $"hours must be one of: {string.Join(", ", ReviewModel.Snoozes.Select(static one => one.Hours))}."
            );
    }

    private static OperatorActionKind? KindOf(string word) =>
        word switch
        {
            "acknowledge" => OperatorActionKind.Acknowledge,
            "snooze" => OperatorActionKind.Snooze,
            "reopen" => OperatorActionKind.Reopen,
            "note" => OperatorActionKind.Note,
            _ => null,
        };

    private static IResult Invalid(string problem) =>
        ConsolePage.BadRequest(Problem.BadRequest($"In the form, {problem}"));
}
