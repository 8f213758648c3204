namespace Orleans.Workflow.Hosting;

/// <summary>
/// Tells when a connection to a silo was lost. What went through it, or to a grain behind it, may never be answered,
/// and Orleans says so only when the response timeout is over.
/// </summary>
/// <param name="isClient">Whether grains are called over such connections; a silo calls its own without.</param>
public sealed class GatewayDisconnects(bool isClient) : IDisposable
{
    private CancellationTokenSource? _next = isClient ? new() : null;

    /// <summary>Is cancelled at the next loss.</summary>
    public CancellationToken Next => Volatile.Read(ref _next)?.Token ?? CancellationToken.None;

    /// <inheritdoc/>
    public void Dispose() => _next?.Dispose();

    /// <summary>Notes a change in the number of connections.</summary>
    internal void Note(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
            _ = Interlocked.Exchange(ref _next, new CancellationTokenSource())?.CancelAsync();
    }
}
