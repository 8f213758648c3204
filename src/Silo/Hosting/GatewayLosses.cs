namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// Tells when a connection to a silo was lost. What went through it, or to a grain behind it, may never be answered, and Orleans says
/// so only when the response timeout is over.
/// </summary>
public sealed class GatewayLosses : IDisposable
{
    private CancellationTokenSource _next = new();

    /// <summary>Is cancelled at the next loss.</summary>
    public CancellationToken Next => Volatile.Read(ref _next).Token;

    /// <inheritdoc/>
    public void Dispose() => _next.Dispose();

    /// <summary>Notes a change in the number of connections.</summary>
    internal void Note(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
            _ = Interlocked.Exchange(ref _next, new CancellationTokenSource()).CancelAsync();
    }
}
