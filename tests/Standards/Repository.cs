using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>The sources in the working copy.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", ".git", "packages"];

    public static string Root => WorkingCopy.Root;

    /// <summary>The folders that hold projects of the solution.</summary>
    public static IEnumerable<string> Folders => ["src", "tests", "bench"];

    /// <summary>The files below a folder with an ending, without what is built.</summary>
    public static IEnumerable<string> Files(string folder, string ending) =>
        Walk(Path.Combine(Root, folder))
            .Where(file => file.EndsWith(ending, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Concat(
                Directory
                    .EnumerateDirectories(folder)
                    .Where(static child => !NotOurs.Contains(Path.GetFileName(child)))
                    .SelectMany(Walk)
            );
}
