using System.Xml.Linq;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>Where things lie in the working copy that the tests were built in.</summary>
public static class WorkingCopy
{
    /// <summary>The root: where the solution lies.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The version of the product.</summary>
    public static string Version { get; } =
        XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The program of the Api, as it was built together with the tests.</summary>
    public static string Api => Program("Api");

    /// <summary>The program of the silo, as it was built together with the tests.</summary>
    public static string Silo => Program("Silo");

    /// <summary>A program under <c>src</c>, as it was built together with the tests.</summary>
    // test.sh names a folder of precompiled copies, which start faster. Without it the build itself is started: a copy
    // may be old.
    public static string Program(string project) =>
        Environment.GetEnvironmentVariable("TEST_PROGRAMS") is { Length: > 0 } folder
            ? Path.Combine(folder, $"Orleans.Workflow.{project}.dll")
            : Built("src", project);

    /// <summary>The program of a sample under <c>docs/samples</c>, as it was built together with the tests.</summary>
    public static string Sample(string project) => Built("docs/samples", project);

    private static string Built(string folder, string project)
    {
        // …/bin/{configuration}/{framework}/
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Root,
            folder,
            project,
            "bin",
            tests.Parent!.Name,
            tests.Name,
            $"Orleans.Workflow.{project}.dll"
        );
    }

    private static string FindRoot()
    {
        for (
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            directory is not null;
            directory = directory.Parent
        )
        {
            if (File.Exists(Path.Combine(directory.FullName, "Orleans.Workflow.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException(
            "These tests must run inside a working copy: they start the product from there."
        );
    }
}
