using System.Collections.Immutable;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// The receipts of the last hour by minute, source and effect. A minute that is over for a while is counted once and kept: a receipt is
/// committed within seconds of its id's time, so only the latest minutes are counted again.
/// </summary>
internal sealed class ReceiptRates
{
    /// <summary>How many minutes there are, the present one among them.</summary>
    public const int Minutes = 60;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(90);

    private readonly IActivity _activity;
    private readonly TimeProvider _time;
    private readonly Snapshot<IReadOnlyList<ReceiptCount>> _snapshot;
    private ImmutableArray<ReceiptCount> _settled = [];
    private DateTimeOffset _settledUntil;

    /// <summary>Makes the counts; nothing is read before somebody asks.</summary>
    public ReceiptRates(IActivity activity, TimeProvider time)
    {
        (_activity, _time) = (activity, time);
        _snapshot = new Snapshot<IReadOnlyList<ReceiptCount>>(Read, TimeSpan.FromSeconds(1), time);
    }

    /// <summary>The counts; null if they are being read for the first time.</summary>
    public Task<Taken<IReadOnlyList<ReceiptCount>>?> Get(CancellationToken cancellationToken) => _snapshot.Get(cancellationToken);

    /// <summary>The first of the minutes, as seen from a time in the last.</summary>
    public static DateTimeOffset FirstMinute(DateTimeOffset now) => Minute(now).AddMinutes(1 - Minutes);

    /// <remarks>Runs once at a time.</remarks>
    private async Task<IReadOnlyList<ReceiptCount>> Read(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var first = FirstMinute(now);
        var since = _settledUntil > first ? _settledUntil : first;
        var counts = (await _activity.CountReceipts(since, cancellationToken)).Where(count => count.Minute >= since).ToList();
        ReceiptCount[] all = [.. _settled.Where(count => count.Minute >= first && count.Minute < since), .. counts];
        _settledUntil = Minute(now - Settled);
        _settled = [.. all.Where(count => count.Minute < _settledUntil)];
        return all;
    }

    private static DateTimeOffset Minute(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() / 60 * 60);
}
