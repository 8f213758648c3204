using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.Receipts;

/// <summary>Reads the page of a receipt.</summary>
internal sealed class ReceiptReader(IReadModel readModel, Removed removed)
{
    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context, string receiptId)
    {
        var isId = Guid.TryParse(receiptId, out var id);
        return ConsolePage.Show<ReceiptPage, StoredReceipt>(
            async () => isId ? await readModel.FindReceipt(id, context.RequestAborted) : null,
            async () => isId && await removed.MayHaveHeld(id, context.RequestAborted)
                ? ConsolePage.Gone("There is no such receipt, and those of its time were removed when it was over (Retention:Receipts).")
                : ConsolePage.NotFound("There is no such receipt."));
    }
}
