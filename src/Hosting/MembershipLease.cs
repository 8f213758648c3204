namespace Orleans.Workflow.Hosting;

/// <summary>
/// A moment by two clocks: the monotonic one stands still while the machine is suspended, and the wall clock may be set
/// back. Time has passed if either says so.
/// </summary>
/// <param name="Timestamp">By the monotonic clock.</param>
/// <param name="WallTicks">By the wall clock: ticks of UTC.</param>
internal sealed record Moment(long Timestamp, long WallTicks)
{
    /// <summary>Now.</summary>
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow().UtcTicks);

    /// <summary>A later moment.</summary>
    public Moment After(TimeSpan span, TimeProvider time) =>
        new(Timestamp + (long)(span.TotalSeconds * time.TimestampFrequency), WallTicks + span.Ticks);

    /// <summary>The earlier moment, by each clock.</summary>
    public Moment Earlier(Moment other) =>
        new(Math.Min(Timestamp, other.Timestamp), Math.Min(WallTicks, other.WallTicks));

    /// <summary>Whether it is over by either clock.</summary>
    public bool IsOver(TimeProvider time) => time.GetTimestamp() > Timestamp || time.GetUtcNow().UtcTicks > WallTicks;

    /// <summary>How long ago it was, by the clock that says more.</summary>
    public TimeSpan Elapsed(TimeProvider time) =>
        TimeSpan.FromTicks(Math.Max(time.GetElapsedTime(Timestamp).Ticks, time.GetUtcNow().UtcTicks - WallTicks));
}

/// <summary>
/// Until when a silo may take it that it is a member of its cluster: as long as it has not stood still, and as long as
/// it is in contact with something that knows. Beats prolong the first by themselves while they come regularly; once
/// one comes too late, only a confirmation does. Contacts prolong the second.
/// </summary>
/// <param name="beatTerm">How long a beat holds.</param>
/// <param name="contactTerm">How long a contact holds.</param>
/// <param name="time">Both clocks.</param>
internal sealed class MembershipLease(TimeSpan beatTerm, TimeSpan contactTerm, TimeProvider time)
{
    private static readonly Moment Never = new(long.MaxValue, long.MaxValue);

    private readonly Lock _gate = new();
    private volatile Moment _beatUntil = Never;
    private volatile Moment _contactUntil = Never;

    /// <summary>The earlier of the two. Every call of a grain reads it.</summary>
    private volatile Moment _until = Never;

    /// <summary>Whether it holds.</summary>
    public bool Holds => !_until.IsOver(time);

    /// <summary>How long it has been without a beat.</summary>
    public TimeSpan StoodStill => _beatUntil.Elapsed(time) + beatTerm;

    /// <summary>Whether there is no contact any more.</summary>
    public bool IsOutOfContact => _contactUntil.IsOver(time);

    /// <summary>Starts to end unless there are beats and contacts.</summary>
    public void Start() => Confirm(Moment.Now(time));

    /// <summary>Prolongs it, if no beat is missing.</summary>
    /// <returns>False if one is.</returns>
    public bool Beat()
    {
        // Before the check: if the machine is suspended between them, what is prolonged is over already.
        var now = Moment.Now(time);
        if (_beatUntil.IsOver(time))
            return false;

        Set(now.After(beatTerm, time), null);
        return true;
    }

    /// <summary>Prolongs it after a contact.</summary>
    /// <param name="asked">The moment before it was asked for: that is how old it may be.</param>
    public void Contact(Moment asked) => Set(null, asked.After(contactTerm, time));

    /// <summary>Begins it again after a confirmation.</summary>
    /// <param name="asked">The moment before the confirmation was asked for: that is how old it may be.</param>
    public void Confirm(Moment asked) => Set(asked.After(beatTerm, time), asked.After(contactTerm, time));

    private void Set(Moment? beatUntil, Moment? contactUntil)
    {
        lock (_gate)
        {
            _beatUntil = beatUntil ?? _beatUntil;
            _contactUntil = contactUntil ?? _contactUntil;
            _until = _beatUntil.Earlier(_contactUntil);
        }
    }
}
