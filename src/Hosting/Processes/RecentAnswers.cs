using System.Collections.Immutable;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// How this process answered notifications: in all, by status, and how fast within the last minutes. Thread-safe.
/// </summary>
public sealed class RecentAnswers(TimeProvider time)
{
    /// <summary>The last minutes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int FirstError = 400;
    private const int Statuses = 200;
    private const int Slots = 30;

    private static readonly TimeSpan SlotLength = Window / Slots;

    private readonly Lock _lock = new();
    private readonly long[] _errors = new long[Statuses];
    private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(static _ => new Slot())];

    /// <summary>Counts an answer.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Count(int status, TimeSpan elapsed)
    {
        var isError = status >= FirstError;
        lock (_lock)
        {
            var slot = Present();
            if (!isError)
            {
                slot.Accepted++;
                slot.Latencies[Latency.BucketOf(elapsed)]++;
                return;
            }

            _errors[Math.Min(status - FirstError, Statuses - 1)]++;
            if (status < 500)
                slot.ClientErrors++;
            else
                slot.ServerErrors++;
        }
    }

    /// <summary>All errors since the start, by status.</summary>
    public ImmutableSortedDictionary<int, long> Errors()
    {
        var errors = ImmutableSortedDictionary.CreateBuilder<int, long>();
        lock (_lock)
        {
            for (var i = 0; i < Statuses; i++)
            {
                if (_errors[i] > 0)
                    errors[FirstError + i] = _errors[i];
            }
        }

        return errors.ToImmutable();
    }

    /// <summary>The answers of the last minutes.</summary>
    public AnswerFigures Recent()
    {
        var latencies = new long[Latency.Buckets];
        var (accepted, clientErrors, serverErrors) = (0L, 0L, 0L);
        lock (_lock)
        {
            var now = SlotNumber();
            foreach (var slot in _slots.Where(slot => slot.Number > now - Slots))
            {
                accepted += slot.Accepted;
                clientErrors += slot.ClientErrors;
                serverErrors += slot.ServerErrors;
                for (var i = 0; i < latencies.Length; i++)
                    latencies[i] += slot.Latencies[i];
            }
        }

        return new AnswerFigures(
            accepted,
            clientErrors,
            serverErrors,
            latencies
                .Select(static (count, bucket) => KeyValuePair.Create(bucket, count))
                .Where(static counted => counted.Value > 0)
                .ToImmutableSortedDictionary()
        );
    }

    private long SlotNumber() => time.GetTimestamp() / (long)(SlotLength.TotalSeconds * time.TimestampFrequency);

    private Slot Present()
    {
        var number = SlotNumber();
        var slot = _slots[number % Slots];
        if (slot.Number != number)
            slot.Restart(number);

        return slot;
    }

    private sealed class Slot
    {
        public long Number { get; private set; } = long.MinValue;

        public long Accepted { get; set; }

        public long ClientErrors { get; set; }

        public long ServerErrors { get; set; }

        public long[] Latencies { get; } = new long[Latency.Buckets];

        public void Restart(long number)
        {
            (Number, Accepted, ClientErrors, ServerErrors) = (number, 0, 0, 0);
            Array.Clear(Latencies);
        }
    }
}
