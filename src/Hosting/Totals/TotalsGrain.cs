using System.Text.Json;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Hosting.Totals;

/// <summary>Reads totals when they are asked for and old enough, once for all silos.</summary>
[GrainType("totals")]
internal sealed class TotalsGrain(
    SqlTotals totals,
    TelemetrySettings settings,
    TimeProvider time,
    ILogger<TotalsGrain> logger
) : Grain, ITotalsGrain
{
    private readonly RefreshingCache<Totals> _totals = new(
        async cancellationToken => Of(await totals.Read(cancellationToken), time.GetUtcNow()),
        settings.TotalsEvery,
        time
    );

    /// <inheritdoc/>
    public async Task<Totals?> Latest()
    {
        try
        {
            return (await _totals.Get(CancellationToken.None))?.Value;
        }
        catch (Exception exception)
        {
            // It does not leave the grain: another silo may not know a database driver's exception.
            Safely.Log(exception, () => Log.TotalsUnknown(logger, exception));
            return null;
        }
    }

    private static Totals Of(StoredTotals read, DateTimeOffset now) =>
        new(
            now.ToUnixTimeMilliseconds(),
            [.. read.Phases.Select(static of => new Total(Word(of.Phase), of.Count))],
            [.. read.Attention.Select(static of => new Total(Word(of.Reason), of.Count))],
            read.Rejected,
            read.SilentSince?.ToUnixTimeMilliseconds()
        );

    private static string Word<T>(T? value)
        where T : struct, Enum =>
        value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{known}") : "unknown";

    private static string Word(Grains.Interfaces.AttentionReason reason) =>
        Word((Grains.Interfaces.AttentionReason?)reason);
}
