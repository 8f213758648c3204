using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Sources;

/// <summary>Reads what the sources have sent.</summary>
internal sealed class SourcesPageHandler(Security.Sources sources, ReceiptRates rates, TimeProvider time)
{
    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context) =>
        ConsolePage.Show<SourcesPage, SourcesModel>(async () =>
            Of((await rates.Get(context.RequestAborted))?.Value, context.User.IsInRole(AccessRoles.Admin))
        );

    private SourcesModel Of(IReadOnlyList<ReceiptCount>? counts, bool isAdmin)
    {
        var configured = sources.All.Select(static source => source.Name).ToHashSet(StringComparer.Ordinal);
        var bySource = (counts ?? []).ToLookup(static count => count.Source, StringComparer.Ordinal);
        var first = ReceiptRates.FirstMinute(time.GetUtcNow());
        return new SourcesModel(
            [
                .. configured
                    .Union(bySource.Select(static group => group.Key), StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
                    .Select(name => SourceActivity.Of(name, configured.Contains(name), bySource[name], first)),
            ],
            counts is not null,
            isAdmin ? [.. sources.All.Select(SourceResponse.Of)] : null
        );
    }
}
