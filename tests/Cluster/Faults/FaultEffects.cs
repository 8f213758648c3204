using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// What each kind of fault did to senders, from its start until 10 s after its end or the start of the next one. A
/// notification that starts in the second before a fault counts too: it may be in flight.
/// </summary>
internal static class FaultEffects
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(1);
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>A row per kind.</summary>
    public static string Table(FaultReport report)
    {
        // By the time of acknowledgement.
        var times = report
            .Waves.SelectMany(static wave => wave.Times)
            .OrderBy(static time => time.AcknowledgedAt)
            .ToImmutableArray();
        var text = new StringBuilder(
            "| fault | times | lasted at most | longest without a 200 | first 200 after its end, at most "
                + "| slowest notification | p99 |\n|---|---|---|---|---|---|---|\n"
        );
        var next = report.Faults.Skip(1).Select(static fault => fault.StartedAt).Append(long.MaxValue);
        foreach (
            var kind in report
                .Faults.Zip(next)
                .GroupBy(static fault => fault.First.Fault.Kind)
                .OrderBy(static kind => kind.Key)
        )
        {
            var effects = kind.Select(fault => Effect.Of(fault.First, fault.Second, times)).ToList();
            text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {kind.Key} | {effects.Count} | {Seconds(static effect => effect.Lasted)} | "
                        + $"{Seconds(static effect => effect.Gap)} | "
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{Seconds(static effect => effect.Back)} | {Seconds(static effect => effect.Slowest)} | "
                        + $"{Seconds(static effect => effect.P99)} |\n"
                );

            string Seconds(Func<Effect, TimeSpan> figure) =>
                effects.Max(figure).TotalSeconds.ToString("0.00 s", CultureInfo.InvariantCulture);
        }

        return text.ToString();
    }

    private sealed record Effect(TimeSpan Lasted, TimeSpan Gap, TimeSpan Back, TimeSpan Slowest, TimeSpan P99)
    {
        public static Effect Of(
            InflictedFault fault,
            long next,
            ImmutableArray<(long FirstSentAt, long AcknowledgedAt)> times
        )
        {
            var until = Math.Min(fault.EndedAt + Ticks(After), next);
            var acknowledged = times
                .Where(time => time.AcknowledgedAt >= fault.StartedAt && time.AcknowledgedAt <= until)
                .Select(static time => time.AcknowledgedAt)
                .Prepend(fault.StartedAt)
                .ToList();
            var took = times
                .Where(time =>
                    time.FirstSentAt >= fault.StartedAt - Ticks(InFlight)
                    && time.FirstSentAt < until - (until == next ? Ticks(InFlight) : 0)
                )
                .Select(static time => Time.GetElapsedTime(time.FirstSentAt, time.AcknowledgedAt))
                .Order()
                .ToList();
            return new Effect(
                Time.GetElapsedTime(fault.StartedAt, fault.EndedAt),
                acknowledged.Zip(acknowledged.Skip(1), Time.GetElapsedTime).DefaultIfEmpty(After).Max(),
                Time.GetElapsedTime(
                    fault.EndedAt,
                    acknowledged.Find(at => at >= fault.EndedAt) is > 0 and var first ? first : until
                ),
                took.LastOrDefault(),
                took.Count == 0 ? default : took[(int)(0.99 * (took.Count - 1))]
            );
        }

        private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);
    }
}
