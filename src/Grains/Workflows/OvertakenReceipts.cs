namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// The ids of the last receipts that were folded from a later attempt: the first one, held up on its way, may still come, and is then
/// answered like a repetition instead of failing on the receipt's key. Not thread-safe: it lives on the grain's scheduler.
/// </summary>
internal sealed class OvertakenReceipts
{
    private const int Most = 256;

    private readonly Queue<Guid> _order = new();
    private readonly HashSet<Guid> _ids = [];

    /// <summary>Whether a later attempt of a receipt was folded, as far back as is remembered.</summary>
    public bool Contains(Guid receiptId) => _ids.Contains(receiptId);

    /// <summary>Remembers a receipt; the oldest is forgotten.</summary>
    public void Add(Guid receiptId)
    {
        if (!_ids.Add(receiptId))
            return;

        _order.Enqueue(receiptId);
        if (_order.Count > Most)
            _ids.Remove(_order.Dequeue());
    }
}
