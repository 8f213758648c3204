using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Refused;

/// <summary>Reads what was refused.</summary>
internal sealed class RefusedPageHandler(SqlRejectedRequests rejected)
{
    private const int OnPage = 50;

    /// <summary>Answers with a page of the list.</summary>
    public async Task<IResult> ShowList(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("before");
        var before = parameters.Id("before");
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<RefusedPage, RefusedModel>(async () =>
            {
                var items = await rejected.Before(before, OnPage + 1, context.RequestAborted);
                return items.Count <= OnPage
                    ? new RefusedModel(items, null, before is null)
                    : new RefusedModel(
                        [.. items.Take(OnPage)],
                        query.With(("before", $"{items[OnPage - 1].Id}")),
                        before is null
                    );
            });
    }

    /// <summary>Answers with one request.</summary>
    public Task<IResult> ShowOne(HttpContext context, string refusedId) =>
        ConsolePage.Show<RefusedRequestPage, RejectedRequest>(
            async () => Guid.TryParse(refusedId, out var id) ? await rejected.Find(id, context.RequestAborted) : null,
            "There is no such refused request, or it is no longer kept."
        );
}
