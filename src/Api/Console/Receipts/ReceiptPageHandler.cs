using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Receipts;

/// <summary>Reads the page of a receipt, or of a fact.</summary>
internal sealed class ReceiptPageHandler(SqlReadModel readModel, SqlFactQueries facts, TrimmedResponses trimmed)
{
    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context, string receiptId) =>
        Guid.TryParse(receiptId, out var id)
            ? ConsolePage.Show<ReceiptPage, StoredReceipt>(
                () => readModel.FindReceipt(id, context.RequestAborted),
                () => ShowFact(context, id)
            )
            : Task.FromResult(NotFound);

    private static IResult NotFound => ConsolePage.NotFound("There is no such receipt.");

    private Task<IResult> ShowFact(HttpContext context, Guid id) =>
        ConsolePage.Show<FactPage, StoredFact>(
            () => facts.Find(id, context.RequestAborted),
            async () =>
                await trimmed.MayHaveHeld(id, context.RequestAborted)
                    ? ConsolePage.Gone(
                        "There is no such receipt, and those of its time were removed when it was over "
                            + "(Retention:Receipts)."
                    )
                    : NotFound
        );
}
