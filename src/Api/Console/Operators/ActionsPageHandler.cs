using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Api.Console.Operators;

/// <summary>Reads what operators did.</summary>
internal sealed class ActionsPageHandler(SqlOperatorLog log)
{
    private const int OnPage = 50;

    /// <summary>Answers with a page of the actions.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("before", "subject");
        var before = parameters.Id("before");
        var subject = parameters.Text("subject");
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<ActionsPage, ActionsModel>(async () =>
            {
                var items = await log.List(subject, before, OnPage + 1, context.RequestAborted);
                var next = items.Length > OnPage ? query.With(("before", $"{items[OnPage - 1].Id}")) : null;
                return new ActionsModel(subject, [.. items.Take(OnPage)], next, before is null);
            });
    }
}
