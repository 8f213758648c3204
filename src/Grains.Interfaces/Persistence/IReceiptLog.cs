namespace Orleans.Workflow.Grains.Interfaces.Persistence;

/// <summary>Looks up what became of a receipt. For grains; implemented by the storage.</summary>
public interface IReceiptLog
{
    /// <summary>The acknowledgement of a receipt that was committed; null if it was not.</summary>
    Task<Acknowledgement?> FindAcknowledgement(Guid receiptId, CancellationToken cancellationToken);
}

/// <summary>Says whether more may be folded, so that what can't be written soon is refused before it changes anything.</summary>
public interface IWriteAdmission
{
    /// <summary>Whether there is room for another notification.</summary>
    /// <param name="waiting">How many of its workflow are waiting already, folded and not yet being written.</param>
    bool HasRoomFor(int waiting);
}
