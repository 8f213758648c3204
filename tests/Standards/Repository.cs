namespace Orleans.Workflow.Standards.Tests;

/// <summary>The sources in the working copy.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", ".git", "packages"];

    public static string Root { get; } = FindRoot();

    /// <summary>The files below a folder with an ending, without what is built.</summary>
    public static IEnumerable<string> Files(string folder, string ending) => Walk(Path.Combine(Root, folder))
        .Where(file => file.EndsWith(ending, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(static child => !NotOurs.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.Workflow.sln")))
            folder = folder.Parent;

        return folder.ShouldNotBeNull("no folder above the tests holds Orleans.Workflow.sln").FullName;
    }
}
