using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// Says whether more may be folded, so that what can't be written soon is refused before it changes anything.
/// </summary>
public interface IWriteAdmission
{
    /// <summary>Whether there is room for another notification.</summary>
    /// <param name="waiting">How many of its workflow are waiting already, folded and not yet being written.</param>
    /// <param name="bytes">How many bytes its body has.</param>
    bool HasRoomFor(int waiting, int bytes);

    /// <summary>Whether the last commits failed and the next ones are expected to.</summary>
    bool IsClosed => false;

    /// <summary>Whether the last commits failed.</summary>
    bool IsFailing => false;

    /// <summary>Why commits fail, without secrets; null while they go through.</summary>
    string? WhyFailing => null;

    /// <summary>Since when commits fail; null while they go through.</summary>
    DateTimeOffset? FailingSince => null;

    /// <summary>How many writes wait.</summary>
    int WaitingCount => 0;

    /// <summary>How many writes may wait; 0 if that is not known.</summary>
    int MaxWaiting => 0;

    /// <summary>
    /// Numbers the databases that were seen, one after the other: a standby that took over may lack what was read from
    /// its primary. What was loaded under another number is to be loaded again.
    /// </summary>
    int Epoch => 0;

    /// <summary>Refuses at once what cannot be written at the moment.</summary>
    /// <exception cref="WorkflowUnavailableException">Commits fail.</exception>
    void ThrowIfClosed()
    {
        if (IsClosed)
            throw WorkflowUnavailableException.DuringOutage(WhyFailing);
    }
}
