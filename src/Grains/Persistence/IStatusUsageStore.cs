namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Keeps how often each word was received. Implemented by the storage.</summary>
public interface IStatusUsageStore
{
    /// <summary>Adds to the counts.</summary>
    Task Add(IReadOnlyList<StatusUsage> counts, CancellationToken cancellationToken);

    /// <summary>Every word that was counted.</summary>
    Task<IReadOnlyList<StatusUsage>> Read(CancellationToken cancellationToken);
}

/// <summary>
/// How often a word was received. Approximate: it is counted beside the notifications, not with them.
/// </summary>
/// <param name="Word">The word as received.</param>
/// <param name="Count">How often.</param>
/// <param name="FirstReceivedAt">When first, in Unix milliseconds.</param>
/// <param name="LastReceivedAt">When last, in Unix milliseconds.</param>
public sealed record StatusUsage(string Word, long Count, long FirstReceivedAt, long LastReceivedAt);
