namespace Orleans.Workflow.Testing.Mutants;

/// <summary>A mistake in one source file.</summary>
/// <param name="File">The file, from the root; the second part of the path is the project.</param>
/// <param name="Right">The source as it is; must be there exactly once.</param>
/// <param name="Wrong">The source with the mistake.</param>
public sealed record SourceEdit(string File, string Right, string Wrong)
{
    /// <summary>The project that is built with the mistake.</summary>
    public string Project => File.Split('/')[1];
}
