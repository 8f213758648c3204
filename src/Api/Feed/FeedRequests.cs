using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Answers requests for a feed.</summary>
internal sealed class FeedRequests(
    IChangeLog log,
    FeedTails tails,
    FeedSource source,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private const string FromId = "last_event_id";
    private const string Header = "Last-Event-ID";
    private const string Every = "every";
    private const string Include = "include";
    private const string Workflow = "workflow";
    private const string WorkflowId = "workflow_id";

    private static readonly TimeSpan MaxEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Answers with the changes of all workflows that meet the filters.</summary>
    public Task FollowAll(HttpContext context)
    {
        var parameters = new QueryParameters(
            context.Request.Query,
            [.. WorkflowQueryParameters.StateFilterNames, WorkflowId, FromId, Every, Include]
        );
        return Follow(
            context,
            parameters,
            Filter(parameters, parameters.Text(WorkflowId), WorkflowQueryParameters.StateFilter(parameters))
        );
    }

    /// <summary>Answers with the changes of one workflow, which need not be known yet.</summary>
    public Task FollowWorkflow(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, WorkflowId, FromId, Every, Include);
        var workflowId = RawPath.Id(context, parameters, 1, WorkflowId);
        return Follow(context, parameters, Filter(parameters, workflowId, new WorkflowFilter()));
    }

    private static FeedFilter Filter(QueryParameters parameters, string? workflowId, WorkflowFilter state)
    {
        var included = parameters.Text(Include);
        if (included is not (null or Workflow))
            parameters.Wrong(Include, included, Workflow);

        return new FeedFilter(workflowId, state, parameters.Duration(Every, MaxEvery), included == Workflow);
    }

    private Task Follow(HttpContext context, QueryParameters parameters, FeedFilter filter)
    {
        var asked = LastEventId(context.Request, parameters);
        return Answer.Run(context, parameters, async () =>
        {
            var tail = tails.Of(filter.Detail);
            using var reader = tail.AddReader();

            // A feed that is opened while the process stops says its place and ends, so that its reader comes again
            // elsewhere.
            var otherHistory = await tail.WhenStarted().WaitAsync(StartTimeout, time, context.RequestAborted);
            using var credential = CredentialEnd.Of(context, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted,
                lifetime.ApplicationStopping,
                otherHistory,
                credential.Token
            );
            var begin = asked ?? tail.Buffer.End;
            if (asked is not null)
            {
                var history = await log.ReadHistory(asked.Number, context.RequestAborted);
                if (Refuse(asked, history) is { } problem)
                {
                    await problem.Write(context.Response);
                    return;
                }

                // What is read for all is a moment behind: it is about to notice that the history is another one.
                if (history.Epoch != tail.Buffer.End.Epoch)
                    throw new TimeoutException();

                begin = asked with { Epoch = history.Epoch };
            }

            await new FeedStream(context, filter, tail, source, time).Run(begin, ending.Token);
        });
    }

    /// <summary>Why a feed can't continue after a position; null if it can.</summary>
    private static Problem? Refuse(ChangePosition position, ChangeHistory history)
    {
        var reason = history.Judge(position) switch
        {
            PositionStatus.Valid => null,
            PositionStatus.Removed => $"Changes after {position} were removed, and no record of them was kept.",
            PositionStatus.BeyondEnd => $"The position {position} was not given yet: the latest is {history.Latest}. "
                + "The database was restored, or a standby took over that was behind.",
            _ => $"The id {position} belongs to another history: the database was restored, or a standby took over. "
                + "What changed in between is not known.",
        };
        return reason is null
            ? null
            : Problem.Gone(
                $"{reason} Read the states again, and continue with {FromId}={Resume(position, history)}.",
                FromId
            );
    }

    /// <summary>
    /// From where a refused reader continues, which it knows before it reads the states: it misses nothing.
    /// </summary>
    private static ChangePosition Resume(ChangePosition position, ChangeHistory history) =>
        history.Judge(position) == PositionStatus.Removed
            ? ChangePosition.Of(history.Epoch, history.BeginsAfter, null)
            : history.End;

    /// <summary>
    /// The position after which to begin. The header, which a browser sends when it comes again, is later than the
    /// parameter.
    /// </summary>
    private static ChangePosition? LastEventId(HttpRequest request, QueryParameters parameters)
    {
        var isHeader = request.Headers[Header].ToString() is { Length: > 0 };
        var (name, text) = isHeader ? (Header, request.Headers[Header].ToString()) : (FromId, parameters.Text(FromId));
        if (text is null)
            return null;

        var position = ChangePosition.Parse(text);
        if (position is null)
            parameters.Wrong(name, text, "the id of an event, or 0 for everything that is kept");

        return position;
    }
}
