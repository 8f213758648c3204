namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Lets batches grow with the time that the database takes for one. What is slow is mostly the way there, or the flush,
/// and a commit of a thousand rows then takes hardly longer than one of a hundred: with small ones, those that wait
/// would run out of time.
/// </summary>
/// <param name="Time">The clock.</param>
internal sealed record BatchGrowth(TimeProvider Time)
{
    private const int MaxFactor = 16;

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);

    /// <summary>How many requests the next batch may hold.</summary>
    /// <param name="usual">How many it usually may.</param>
    /// <param name="start">When the last one began.</param>
    public int Next(int usual, long start) => usual * (int)Math.Clamp(Time.GetElapsedTime(start) / Quick, 1, MaxFactor);
}
