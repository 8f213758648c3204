using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>What is answered of a workflow, or of its past, that is not there: it may have been there once.</summary>
internal sealed class MissingWorkflow(SqlReadModel readModel)
{
    /// <summary>A page that says what is missing, and whether retention removed it.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="version">The version that was asked for; null for the present one.</param>
    /// <param name="missing">What is said if nothing was removed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IResult> Page(
        string workflowId,
        long? version,
        string missing,
        CancellationToken cancellationToken
    ) =>
        await readModel.FindHorizon(workflowId, cancellationToken) switch
        {
            { IsDeleted: true } => ConsolePage.Gone(TrimmedResponses.Workflow),
            { } horizon when version <= horizon.Version => ConsolePage.Gone(
                $"What led to version {version} was removed when its time was over (Retention:Receipts). The "
                    + $"versions after {horizon.Version} are held."
            ),
            _ => ConsolePage.NotFound(missing, version is null ? ConsoleLinks.EventsOf(workflowId) : null),
        };
}
