using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>Everything that was sent, acknowledged or not. May be written and read by many at once.</summary>
/// <param name="time">The clock of the run.</param>
public sealed class DeliveryLog(TimeProvider time)
{
    private readonly ConcurrentQueue<Sending> _sendings = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly Lock _gate = new();
    private int _acknowledged;

    /// <summary>Every attempt, in the order in which they ended.</summary>
    public ImmutableArray<Sending> Sendings => [.. _sendings];

    /// <summary>How many deliveries were acknowledged.</summary>
    public int AcknowledgedCount => Volatile.Read(ref _acknowledged);

    /// <summary>Adds an attempt.</summary>
    public void Add(Sending sending)
    {
        ArgumentNullException.ThrowIfNull(sending);
        _sendings.Enqueue(sending);
        if (sending.Acknowledged is null)
            return;

        lock (_gate)
        {
            _acknowledged++;
            foreach (var (count, reached) in _waiting)
            {
                if (_acknowledged >= count)
                    reached.TrySetResult();
            }
        }
    }

    /// <summary>Completes when a number of deliveries have been acknowledged.</summary>
    public Task WhenAcknowledged(int count)
    {
        lock (_gate)
        {
            if (_acknowledged >= count)
                return Task.CompletedTask;

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task;
        }
    }

    /// <summary>The longest time without an acknowledgement between a timestamp and the last acknowledgement.</summary>
    public TimeSpan MaxGap(long since)
    {
        var times = _sendings
            .Where(sending => sending.Acknowledged is not null && sending.EndedAt >= since)
            .Select(static sending => sending.EndedAt)
            .Append(since)
            .Order()
            .ToList();
        return times.Zip(times.Skip(1), time.GetElapsedTime).DefaultIfEmpty().Max();
    }

    /// <summary>The longest time that a delivery took from its first sending to its acknowledgement.</summary>
    public TimeSpan MaxDelivery() =>
        _sendings
            .GroupBy(static sending => sending.PlannedDelivery.Number)
            .Select(plannedDelivery =>
                time.GetElapsedTime(
                    plannedDelivery.Min(static sending => sending.StartedAt),
                    plannedDelivery.Max(static sending => sending.EndedAt)
                )
            )
            .DefaultIfEmpty()
            .Max();

    /// <summary>The answers by how often they came, the most frequent first.</summary>
    public string Answers() =>
        string.Join(
            ", ",
            _sendings
                .GroupBy(static sending => sending.Answer, StringComparer.Ordinal)
                .OrderByDescending(static answer => answer.Count())
                .Select(static answer => $"{answer.Count()} × {answer.Key}")
        );
}
