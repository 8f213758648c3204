using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.Receipts;

/// <summary>Reads the page of a receipt.</summary>
internal sealed class ReceiptReader(IReadModel readModel)
{
    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context, string receiptId) => ConsolePage.Show<ReceiptPage, StoredReceipt>(
        async () => Guid.TryParse(receiptId, out var id) ? await readModel.FindReceipt(id, context.RequestAborted) : null,
        "There is no such receipt, or it is no longer kept.");
}
