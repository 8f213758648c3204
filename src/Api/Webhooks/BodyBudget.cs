namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Bounds the bytes of the bodies that this process works on at the same time. Thread-safe.</summary>
// Http:MaxInFlight counts requests, and a thousand of the largest bodies are some GiB (ADR 0038).
internal sealed class BodyBudget(WebhookSettings settings)
{
    /// <summary>Free of each body: Http:MaxInFlight bounds these bytes, and large bodies cannot take them.</summary>
    private const int FreeBytes = 64 * 1024;

    private const long LeastBytes = 256 * 1024 * 1024;
    private const int MaxBodies = 8;

    private readonly long _maxBytes = Math.Max(LeastBytes, (long)MaxBodies * settings.MaxBodyBytes);
    private long _taken;

    /// <summary>The share of a request, still empty; dispose of it when the request has its answer.</summary>
    public Share Enter() => new(this);

    private bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= _maxBytes)
            return true;

        Return(bytes);
        return false;
    }

    private void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);

    /// <summary>What one request has of the budget. Not thread-safe.</summary>
    public sealed class Share(BodyBudget budget) : IDisposable
    {
        private long _taken;

        /// <summary>Enlarges the share to the size of a body.</summary>
        /// <returns>Null, or why that was not possible.</returns>
        public Problem? Cover(long bytes)
        {
            var missing = bytes - FreeBytes - _taken;
            if (missing <= 0)
                return null;

            if (!budget.TryTake(missing))
                return Problem.TooManyBytes();

            _taken += missing;
            return null;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            budget.Return(_taken);
            _taken = 0;
        }
    }
}
