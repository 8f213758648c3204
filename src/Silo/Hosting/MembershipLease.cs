namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// Until when a silo may take it that it is a member of its cluster. While it beats regularly it prolongs this by itself; once a beat
/// comes too late, only a confirmation does. One thread beats and confirms, any may ask.
/// </summary>
/// <param name="term">How long a beat or a confirmation holds.</param>
/// <param name="time">The clock; its timestamps are monotonic.</param>
internal sealed class MembershipLease(TimeSpan term, TimeProvider time)
{
    private readonly long _term = (long)(term.TotalSeconds * time.TimestampFrequency);
    private long _until = long.MaxValue;

    /// <summary>Whether it holds.</summary>
    public bool Holds => time.GetTimestamp() <= Volatile.Read(ref _until);

    /// <summary>Starts to end unless there are beats.</summary>
    public void Start() => Volatile.Write(ref _until, time.GetTimestamp() + _term);

    /// <summary>Prolongs it, if it has not ended.</summary>
    /// <returns>False if it has ended.</returns>
    public bool Beat()
    {
        var now = time.GetTimestamp();
        if (now > _until)
            return false;

        Volatile.Write(ref _until, now + _term);
        return true;
    }

    /// <summary>Begins it anew after a confirmation.</summary>
    /// <param name="asked">The timestamp from before the confirmation was asked for: that is how old it may be.</param>
    public void Confirm(long asked) => Volatile.Write(ref _until, asked + _term);

    /// <summary>How long ago it ended.</summary>
    public TimeSpan EndedSince => time.GetElapsedTime(Volatile.Read(ref _until));
}
