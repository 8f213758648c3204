using System.Collections.Immutable;
using System.Globalization;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// Makes incidents of what a process sees from one second to the next: an outage while the database fails or requests
/// are answered 5xx, and a burst of refusals while many are answered 4xx. Decides alone; not thread-safe.
/// </summary>
/// <param name="process">The name of the process.</param>
internal sealed class IncidentTracker(string process)
{
    /// <summary>How many answers 5xx within <see cref="Burst"/> are an outage, also if the database works.</summary>
    public const int ServerErrors = 5;

    /// <summary>How many answers 4xx within <see cref="Burst"/> are a burst of refusals.</summary>
    public const int ClientErrors = 20;

    /// <summary>How many of them within <see cref="Burst"/> keep it open.</summary>
    private const int LastingClientErrors = 5;

    /// <summary>The time in which answers are taken together.</summary>
    public static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    /// <summary>For how long an incident that lasts is not said again.</summary>
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromSeconds(10);

    private readonly Course _outage = new(process, IncidentKind.Outage);
    private readonly Course _refusals = new(process, IncidentKind.Refusals);
    private ImmutableSortedDictionary<int, long> _errors = ImmutableSortedDictionary<int, long>.Empty;

    /// <summary>Takes what is known now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="errors">How many requests were answered with each status of 400 and above, since the start.</param>
    /// <param name="failure">Why the database fails; null while it works.</param>
    /// <returns>The incidents of which something new is to be said.</returns>
    public ImmutableArray<Incident> Observe(
        DateTimeOffset now,
        ImmutableSortedDictionary<int, long> errors,
        DatabaseFailure? failure
    )
    {
        var news = errors
            .Select(error => (Status: error.Key, Count: error.Value - _errors.GetValueOrDefault(error.Key)))
            .Where(static error => error.Count > 0)
            .ToList();
        _errors = errors;
        _outage.Add(now, [.. news.Where(static error => error.Status >= 500)]);
        _refusals.Add(now, [.. news.Where(static error => error.Status < 500)]);
        return
        [
            .. _outage.Judge(
                now,
                begins: failure is not null || _outage.Recent >= ServerErrors,
                lasts: failure is not null || _outage.IsHit,
                failure
            ),
            .. _refusals.Judge(
                now,
                begins: _refusals.Recent >= ClientErrors,
                lasts: _refusals.Recent >= LastingClientErrors,
                failure: null
            ),
        ];
    }

    /// <summary>Incidents of one kind, one after the other.</summary>
    private sealed class Course(string process, IncidentKind kind)
    {
        private readonly Queue<(DateTimeOffset At, long Count)> _recent = new();
        private readonly SortedDictionary<int, long> _statuses = [];
        private Incident? _open;
        private DateTimeOffset _lastedAt;

        /// <summary>How many requests were refused lately and belong to no incident that has ended.</summary>
        public long Recent { get; private set; }

        /// <summary>Whether a request was refused just now.</summary>
        public bool IsHit { get; private set; }

        public void Add(DateTimeOffset now, ImmutableArray<(int Status, long Count)> errors)
        {
            var count = errors.Sum(static error => error.Count);
            (IsHit, Recent) = (count > 0, Recent + count);
            if (IsHit)
                _recent.Enqueue((now, count));

            while (_recent.TryPeek(out var oldest) && now - oldest.At > Burst)
                Recent -= _recent.Dequeue().Count;

            if (_recent.Count == 0 && _open is null)
                _statuses.Clear();

            foreach (var (status, added) in errors)
                _statuses[status] = _statuses.GetValueOrDefault(status) + added;

            if (_open is not null)
                _open = _open with { Requests = _open.Requests + count };
        }

        public IEnumerable<Incident> Judge(DateTimeOffset now, bool begins, bool lasts, DatabaseFailure? failure)
        {
            if (_open is null)
                return begins ? [Begin(now, failure)] : [];

            if (lasts)
                _lastedAt = now;

            if (!lasts && now - _lastedAt >= Burst)
                return [End(now)];

            var what = failure?.Reason ?? (kind == IncidentKind.Refusals ? Statuses() : _open.What);
            if (what == _open.What && now - _open.UpdatedAt < BetweenUpdates)
                return [];

            _open = _open with { UpdatedAt = now, What = what };
            return [_open];
        }

        private Incident Begin(DateTimeOffset now, DatabaseFailure? failure)
        {
            var since = _recent.TryPeek(out var first) ? first.At : now;
            if (failure?.Since < since)
                since = failure.Since;

            _lastedAt = now;
            return _open = new Incident(
                Guid.CreateVersion7(now),
                process,
                kind,
                since,
                null,
                now,
                Recent,
                failure?.Reason ?? Statuses()
            );
        }

        private Incident End(DateTimeOffset now)
        {
            var ended = _open! with { Until = _lastedAt, UpdatedAt = now };
            _open = null;
            _recent.Clear();
            _statuses.Clear();
            Recent = 0;
            return ended;
        }

        /// <summary>The statuses of the answers, the most frequent first.</summary>
        private string Statuses() =>
            "answers "
            + string.Join(
                ", ",
                _statuses
                    .OrderByDescending(static status => status.Value)
                    .Take(3)
                    .Select(static status => status.Key.ToString(CultureInfo.InvariantCulture))
            );
    }
}
