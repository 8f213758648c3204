using System.Globalization;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.Changes;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Answers requests for a feed.</summary>
internal sealed class FeedRequests(IChangeLog log, FeedTails tails, FeedSource source, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const string FromId = "last_event_id";
    private const string Header = "Last-Event-ID";
    private const string Every = "every";
    private const string Include = "include";
    private const string Workflow = "workflow";

    private static readonly TimeSpan LongestEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Answers with the changes of all workflows that meet the filters.</summary>
    public Task FollowAll(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, [.. WorkflowQueryParameters.StateFilterNames, FromId, Every, Include]);
        return Follow(context, parameters, Filter(parameters, null, WorkflowQueryParameters.StateFilter(parameters)));
    }

    /// <summary>Answers with the changes of one workflow, which need not be known yet.</summary>
    public Task FollowWorkflow(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, FromId, Every, Include);
        return RawPath.Segment(context, 1) is { Length: > 0 } workflowId
            ? Follow(context, parameters, Filter(parameters, workflowId, new WorkflowFilter()))
            : Problem.BadId("workflow_id").Write(context.Response);
    }

    private static FeedFilter Filter(QueryParameters parameters, string? workflowId, WorkflowFilter state)
    {
        var included = parameters.Text(Include);
        if (included is not (null or Workflow))
            parameters.Wrong(Include, included, Workflow);

        return new FeedFilter(workflowId, state, parameters.Duration(Every, LongestEvery), included == Workflow);
    }

    private Task Follow(HttpContext context, QueryParameters parameters, FeedFilter filter)
    {
        var asked = LastEventId(context.Request, parameters);
        return Answer.Run(context, parameters, async () =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            var tail = tails.Of(filter.Detail);
            using var reader = tail.AddReader();
            await tail.WhenStarted().WaitAsync(Patience, time, ending.Token);
            if (asked is { } position && await Refuse(position, ending.Token) is { } problem)
                await problem.Write(context.Response);
            else
                await new FeedStream(context, filter, tail, source, time).Run(asked ?? tail.Buffer.End, ending.Token);
        });
    }

    /// <summary>Why a feed can't go on from a position; null if it can.</summary>
    private async Task<Problem?> Refuse(long position, CancellationToken cancellationToken)
    {
        var bounds = await log.ReadBounds(cancellationToken);
        return position < bounds.Horizon ? Problem.Gone(
                $"Changes after {position} were removed. Everything after {bounds.Horizon} is kept: read the states anew, and go on from there with {FromId}={bounds.Horizon}.", FromId)
            : position > bounds.Latest ? Problem.BadRequest(
                $"The position {position} was never given: the latest is {bounds.Latest}. Read the states anew, and go on from there.", FromId)
            : null;
    }

    /// <summary>The position after which to begin. The header, which a browser sends when it comes again, is later than the parameter.</summary>
    private static long? LastEventId(HttpRequest request, QueryParameters parameters)
    {
        var fromQuery = parameters.Number(FromId, 0, long.MaxValue);
        if (request.Headers[Header].ToString() is not { Length: > 0 } text)
            return fromQuery;

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            return position;

        parameters.Wrong(Header, text, "the id of an event");
        return null;
    }
}
