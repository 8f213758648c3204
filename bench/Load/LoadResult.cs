namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>What a run gave.</summary>
internal sealed class LoadResult
{
    /// <summary>Answers 2xx within the measured time.</summary>
    public long Completed { get; set; }

    /// <summary>All answers 2xx, those after the measured time too.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Answers other than 2xx.</summary>
    public long Failed { get; set; }

    /// <summary>The status of the last answer other than 2xx.</summary>
    public int LastFailure { get; set; }

    /// <summary>Answers that said <c>X-Effect: advanced</c>.</summary>
    public long Advanced { get; set; }

    /// <summary>Latencies of the answers 429 and 503, counted as those of the others.</summary>
    public LatencyHistogram Refused { get; } = new();

    /// <summary>The measured time.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>
    /// Latencies of the answers within the measured time, from the time at which the request was meant to be sent.
    /// </summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Answers per second.</summary>
    public double Rate => Completed / Elapsed.TotalSeconds;
}
