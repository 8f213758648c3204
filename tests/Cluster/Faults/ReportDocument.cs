namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// The document with the reports of the long runs, docs/faults.md: each kind of run has a part of its own between two
/// marks.
/// </summary>
internal static class ReportDocument
{
    /// <summary>Replaces a part, if the environment names the document by FAULTS_REPORT.</summary>
    public static async Task ReplaceAsync(string part, string text)
    {
        if (Environment.GetEnvironmentVariable("FAULTS_REPORT") is not { Length: > 0 } path)
            return;

        var (begin, end) = ($"<!-- {part} -->\n", $"<!-- /{part} -->\n");
        var document = await File.ReadAllTextAsync(path);
        var from = document.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = document.IndexOf(end, StringComparison.Ordinal);
        if (from < begin.Length || to < from)
            throw new InvalidOperationException($"{path} has no part between {begin.Trim()} and {end.Trim()}.");

        await File.WriteAllTextAsync(path, document[..from] + text + document[to..]);
    }
}
