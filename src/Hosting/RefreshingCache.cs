namespace Orleans.Workflow.Hosting;

/// <summary>
/// Something that is costly to read: kept for a while, and read once for all requests meanwhile. What takes long is
/// read less often, so that reading never takes more than a hundredth of the time. A request waits for a moment, then
/// gets what was read last.
/// </summary>
/// <param name="read">Reads it.</param>
/// <param name="fresh">How old it may be.</param>
/// <param name="time">The clock.</param>
public sealed class RefreshingCache<T>(Func<CancellationToken, Task<T>> read, TimeSpan fresh, TimeProvider time)
    where T : class
{
    private const int RefreshDutyCycle = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Task<Cached<T>>? _running;
    private Cached<T>? _last;
    private DateTimeOffset _goodUntil;

    /// <summary>
    /// What was read last; null if nothing has been read yet and reading takes longer than a page should.
    /// </summary>
    public async Task<Cached<T>?> Get(CancellationToken cancellationToken)
    {
        Task<Cached<T>> running;
        lock (_lock)
        {
            if (_last is not null && time.GetUtcNow() < _goodUntil)
                return _last;

            if (_running is null or { IsCompleted: true })
                _running = Read();

            running = _running;
        }

        try
        {
            return await running.WaitAsync(Timeout, time, cancellationToken);
        }
        catch (TimeoutException) when (!running.IsFaulted)
        {
            return _last;
        }
    }

    private async Task<Cached<T>> Read()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var start = time.GetTimestamp();
        var taken = new Cached<T>(await read(CancellationToken.None), time.GetUtcNow());
        var rest = time.GetElapsedTime(start) * RefreshDutyCycle;
        lock (_lock)
        {
            _goodUntil = taken.At + (rest > fresh ? rest : fresh);
            return _last = taken;
        }
    }
}

/// <summary>Something as it was at a time.</summary>
/// <param name="Value">What it was.</param>
/// <param name="At">When.</param>
public sealed record Cached<T>(T Value, DateTimeOffset At);
