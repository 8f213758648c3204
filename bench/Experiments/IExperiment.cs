namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>Something that is measured and reported in a section of its own.</summary>
internal interface IExperiment
{
    /// <summary>Measures.</summary>
    /// <returns>The section, in Markdown; null if no contestant took part.</returns>
    Task<string?> RunAsync(Bench bench);
}
