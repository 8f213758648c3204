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
    /// <summary>Whether there is room for another write.</summary>
    bool HasRoom { get; }
}
