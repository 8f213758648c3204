using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Answers requests for a feed.</summary>
internal sealed class FeedRequests(
    IPositionLog<Change> changes,
    IPositionLog<LoggedFact> facts,
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
    private const string Facts = "facts";
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
        var included = parameters.Text(Include)?.Split(',') ?? [];
        if (included.Except([Workflow, Facts]).Any() || included.Distinct().Count() < included.Length)
            parameters.Wrong(Include, string.Join(',', included), $"{Workflow}, {Facts}, or {Workflow},{Facts}");

        return new FeedFilter(
            workflowId,
            state,
            parameters.Duration(Every, MaxEvery),
            WithWorkflow: included.Contains(Workflow),
            WithFacts: included.Contains(Facts)
        );
    }

    private Task Follow(HttpContext context, QueryParameters parameters, FeedFilter filter)
    {
        var asked = LastEventId(context.Request, parameters);
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var changeTail = tails.OfChanges(filter.Detail);
            var factTail = filter.WithFacts ? tails.OfFacts(filter.FactDetail) : null;
            using var changeReader = changeTail.AddReader();
            using var factReader = factTail?.AddReader();

            // A feed that is opened while the process stops says its place and ends, so that its reader comes again
            // elsewhere.
            var otherChanges = await WhenStarted(changeTail, context.RequestAborted);
            var otherFacts = factTail is null ? default : await WhenStarted(factTail, context.RequestAborted);
            using var credential = CredentialEnd.Of(context, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource([
                context.RequestAborted,
                lifetime.ApplicationStopping,
                otherChanges,
                otherFacts,
                credential.Token,
            ]);
            if (await Begin(context, asked, changeTail, factTail) is { } begin)
                await new FeedStream(context, filter, changeTail, factTail, source, time).Run(begin, ending.Token);
        });
    }

    private Task<CancellationToken> WhenStarted(FeedTail tail, CancellationToken cancellationToken) =>
        tail.WhenStarted().WaitAsync(StartTimeout, time, cancellationToken);

    /// <summary>The place after which the stream begins; null if the request was refused.</summary>
    private async Task<FeedId?> Begin(HttpContext context, FeedId? asked, FeedTail changeTail, FeedTail? factTail)
    {
        if (asked is null)
            return new FeedId(changeTail.Buffer.End, factTail?.Buffer.End);

        var ofChanges = await changes.ReadHistory(asked.Changes.Number, context.RequestAborted);
        var begin = new FeedId(Named(asked.Changes, ofChanges));
        var resume = new FeedId(Resume(asked.Changes, ofChanges));
        var reason = Refuse("Changes", "position", asked.Changes, ofChanges);
        if (factTail is not null)
        {
            // An id without a place among facts is of a reader that wanted none: it gets those that come. 0 alone asks
            // for everything that is kept.
            var asksForAll = asked.Changes is { Epoch: null, Number: 0 };
            var after = asked.Facts ?? (asksForAll ? asked.Changes : factTail.Buffer.End);
            var ofFacts = await facts.ReadHistory(after.Number, context.RequestAborted);
            begin = begin with { Facts = Named(after, ofFacts) };
            resume = resume with { Facts = Resume(after, ofFacts) };
            reason ??= Refuse("Facts", "position of facts", after, ofFacts);
            factTail.Buffer.DropBefore(ofFacts.Revision);
            if (reason is null && ofFacts.Epoch != factTail.Buffer.End.Epoch)
                throw new TimeoutException();
        }

        if (reason is not null)
        {
            var advice = $"Read the states again, and continue with {FromId}={resume}.";
            await Problem.Gone($"{reason} {advice}", FromId).Write(context.Response);
            return null;
        }

        // What is read for all is a moment behind: it is about to notice that the history is another one.
        if (ofChanges.Epoch != changeTail.Buffer.End.Epoch)
            throw new TimeoutException();

        return begin;
    }

    private static LogPosition Named(LogPosition position, LogHistory history) =>
        position with
        {
            Epoch = history.Epoch,
        };

    /// <summary>Why a feed can't continue after a position; null if it can.</summary>
    private static string? Refuse(string entries, string name, LogPosition position, LogHistory history) =>
        history.Judge(position) switch
        {
            PositionStatus.Valid => null,
            PositionStatus.Removed => $"{entries} after {position} were removed, and no record of them was kept.",
            PositionStatus.BeyondEnd => $"The {name} {position} was not given yet: the latest is {history.Latest}. "
                + "The database was restored, or a standby took over that was behind.",
            _ => $"The id {position} belongs to another history: the database was restored, or a standby took over. "
                + "What changed in between is not known.",
        };

    /// <summary>
    /// From where a refused reader continues, which it knows before it reads the states: it misses nothing. In the log
    /// that is not the reason it stays where it was.
    /// </summary>
    private static LogPosition Resume(LogPosition position, LogHistory history) =>
        history.Judge(position) switch
        {
            PositionStatus.Valid => Named(position, history),
            PositionStatus.Removed => LogPosition.Of(history.Epoch, history.BeginsAfter, null),
            _ => history.End,
        };

    /// <summary>
    /// The position after which to begin. The header, which a browser sends when it comes again, is later than the
    /// parameter.
    /// </summary>
    private static FeedId? LastEventId(HttpRequest request, QueryParameters parameters)
    {
        var isHeader = request.Headers[Header].ToString() is { Length: > 0 };
        var (name, text) = isHeader ? (Header, request.Headers[Header].ToString()) : (FromId, parameters.Text(FromId));
        if (text is null)
            return null;

        var id = FeedId.Parse(text);
        if (id is null)
            parameters.Wrong(name, text, "the id of an event, or 0 for everything that is kept");

        return id;
    }
}
