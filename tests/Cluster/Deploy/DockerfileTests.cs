using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Deploy;

/// <summary>What can be said of the Dockerfile without an engine.</summary>
public sealed class DockerfileTests
{
    private static readonly string Root = WorkingCopy.Root;
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Root, "deploy", "Dockerfile"));

    /// <summary>What is copied from the working copy, not from another stage.</summary>
    private static IEnumerable<string> Copied =>
        Lines
            .Where(static line =>
                line.StartsWith("COPY ", StringComparison.Ordinal)
                && !line.Contains("--from=", StringComparison.Ordinal)
            )
            .SelectMany(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])
            .Where(static word => !word.StartsWith("--", StringComparison.Ordinal));

    [Fact]
    public void Everything_that_is_copied_exists_and_reaches_the_builder()
    {
        var allowed = File.ReadLines(Path.Combine(Root, ".dockerignore"))
            .Where(static line => line.StartsWith('!'))
            .Select(static line => line[1..])
            .ToList();
        Copied.ShouldNotBeEmpty();
        foreach (var path in Copied)
        {
            Path.Exists(Path.Combine(Root, path)).ShouldBeTrue($"deploy/Dockerfile copies {path}, which is not there.");
            allowed.ShouldContain(
                entry => path == entry || path.StartsWith(entry + "/", StringComparison.Ordinal),
                $"deploy/Dockerfile copies {path}, which .dockerignore keeps away."
            );
        }
    }

    [Fact]
    public void Every_project_is_restored_before_the_sources_are_copied()
    {
        var copied = Copied.ToList();
        foreach (var project in Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            copied.ShouldContain(Path.GetRelativePath(Root, project));
            copied.ShouldContain(
                Path.GetRelativePath(Root, Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"))
            );
        }
    }

    [Fact]
    public void What_is_built_and_started_is_there()
    {
        foreach (var host in (string[])["Silo", "Api"])
        {
            Lines.ShouldContain(line =>
                line.Contains($"src/{host}/{host}.csproj --configuration Release", StringComparison.Ordinal)
            );
            Lines.ShouldContain(
                $"ENTRYPOINT [\"dotnet\", \"{Path.GetFileName(host == "Silo" ? WorkingCopy.Silo : WorkingCopy.Api)}\"]"
            );
        }
    }

    [Fact]
    public void The_hosts_do_not_run_as_root() => Lines.ShouldContain("USER $APP_UID");
}
