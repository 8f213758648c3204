namespace Orleans.Workflow.Benchmarks;

/// <summary>A figure that may not count; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
