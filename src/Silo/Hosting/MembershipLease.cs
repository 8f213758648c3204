namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// Until when a silo may take it that it is a member of its cluster: as long as it has not stood still, and as long as
/// it is in contact with something that knows. Beats prolong the first by themselves while they come regularly; once
/// one comes too late, only a confirmation does. Contacts prolong the second.
/// </summary>
/// <param name="beatTerm">How long a beat holds.</param>
/// <param name="contactTerm">How long a contact holds.</param>
/// <param name="time">The clock; its timestamps are monotonic.</param>
internal sealed class MembershipLease(TimeSpan beatTerm, TimeSpan contactTerm, TimeProvider time)
{
    private readonly long _beatTerm = (long)(beatTerm.TotalSeconds * time.TimestampFrequency);
    private readonly long _contactTerm = (long)(contactTerm.TotalSeconds * time.TimestampFrequency);
    private readonly Lock _gate = new();
    private long _beatUntil = long.MaxValue;
    private long _contactUntil = long.MaxValue;

    /// <summary>The earlier of the two. Every call of a grain reads it.</summary>
    private long _until = long.MaxValue;

    /// <summary>Whether it holds.</summary>
    public bool Holds => time.GetTimestamp() <= Volatile.Read(ref _until);

    /// <summary>Starts to end unless there are beats and contacts.</summary>
    public void Start() => Set(time.GetTimestamp() + _beatTerm, time.GetTimestamp() + _contactTerm);

    /// <summary>Prolongs it, if no beat is missing.</summary>
    /// <returns>False if one is.</returns>
    public bool Beat()
    {
        var now = time.GetTimestamp();
        if (now > Volatile.Read(ref _beatUntil))
            return false;

        Set(now + _beatTerm, null);
        return true;
    }

    /// <summary>Prolongs it after a contact.</summary>
    /// <param name="asked">The timestamp from before it was asked for: that is how old it may be.</param>
    public void Contact(long asked) => Set(null, asked + _contactTerm);

    /// <summary>Begins it again after a confirmation.</summary>
    /// <param name="asked">The timestamp from before the confirmation was asked for: that is how old it may be.</param>
    public void Confirm(long asked) => Set(asked + _beatTerm, asked + _contactTerm);

    /// <summary>How long it has been without a beat.</summary>
    public TimeSpan StoodStill => time.GetElapsedTime(Volatile.Read(ref _beatUntil)) + beatTerm;

    /// <summary>Whether there is no contact any more.</summary>
    public bool IsOutOfContact => time.GetTimestamp() > Volatile.Read(ref _contactUntil);

    private void Set(long? beatUntil, long? contactUntil)
    {
        lock (_gate)
        {
            Volatile.Write(ref _beatUntil, beatUntil ?? _beatUntil);
            Volatile.Write(ref _contactUntil, contactUntil ?? _contactUntil);
            Volatile.Write(ref _until, Math.Min(_beatUntil, _contactUntil));
        }
    }
}
