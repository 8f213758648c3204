using System.Text.Json;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Hosting.Totals;

/// <summary>
/// Reads totals when they are asked for and old enough. What takes long is read less often, so that reading never takes
/// more than a hundredth of the time.
/// </summary>
[GrainType("totals")]
internal sealed class TotalsGrain(
    SqlTotals totals,
    TelemetrySettings settings,
    TimeProvider time,
    ILogger<TotalsGrain> logger
) : Grain, ITotalsGrain
{
    private const int RefreshDutyCycle = 100;

    private Totals? _latest;
    private Task? _reading;
    private long _readAt;
    private TimeSpan _rest;

    /// <inheritdoc/>
    /// <remarks>Only the first reading of all is waited for: later ones take place meanwhile.</remarks>
    public async Task<Totals?> Latest()
    {
        if (_reading is { IsCompleted: true } && time.GetElapsedTime(_readAt) >= _rest)
            _reading = null;

        var reading = _reading ??= Read();
        if (_latest is null)
            await reading;

        return _latest;
    }

    private async Task Read()
    {
        var start = time.GetTimestamp();
        try
        {
            // SQLite blocks.
            var read = await Task.Run(() => totals.Read(CancellationToken.None));
            _latest = new Totals(
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                [.. read.Phases.Select(static of => new Total(Word(of.Phase), of.Count))],
                [.. read.Attention.Select(static of => new Total(Word(of.Reason), of.Count))],
                read.Rejected,
                read.SilentSince?.ToUnixTimeMilliseconds()
            );
        }
        catch (Exception exception)
        {
            // It does not leave the grain: another silo may not know a database driver's exception.
            Safely.Log(exception, () => Log.TotalsUnknown(logger, exception));
        }
        finally
        {
            _readAt = time.GetTimestamp();
            var rest = time.GetElapsedTime(start, _readAt) * RefreshDutyCycle;
            _rest = rest > settings.TotalsEvery ? rest : settings.TotalsEvery;
        }
    }

    private static string Word<T>(T? value)
        where T : struct, Enum =>
        value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{known}") : "unknown";

    private static string Word(Grains.Interfaces.AttentionReason reason) =>
        Word((Grains.Interfaces.AttentionReason?)reason);
}
