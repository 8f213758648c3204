using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks;

/// <summary>Where things lie in the working copy.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Artifacts { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench")).FullName;

    /// <summary>The product as published for the benchmark.</summary>
    public static string ProductAssembly => Path.Combine(Artifacts, "api", "Orleans.Workflow.Api.dll");

    /// <summary>The silo's program, which is published with the product and has the command <c>audit</c>.</summary>
    public static string AuditAssembly => Path.Combine(Artifacts, "api", "Orleans.Workflow.Silo.dll");

    /// <summary>A peer, as it was built together with this program.</summary>
    public static string Peer(string name)
    {
        // …/Benchmarks/bin/{configuration}/{framework}/
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Root, "tests", "Benchmarks", "Peers", name, "bin", built.Parent!.Name, built.Name, $"Orleans.Workflow.{name}.dll");
    }

    /// <summary>Publishes the product, Release.</summary>
    /// <returns>False, if there is no product in this working copy yet.</returns>
    public static async Task<bool> PublishProductAsync()
    {
        var project = Path.Combine(Root, "src", "Api");
        if (!File.Exists(Path.Combine(project, "Program.cs")))
            return false;

        await Command.RunAsync("dotnet", "publish", project, "-c", "Release", "-o", Path.GetDirectoryName(ProductAssembly)!, "-nologo", "-v", "quiet");
        return true;
    }

    /// <summary>The commit that is checked out, with a mark if files differ from it.</summary>
    public static async Task<string> CommitAsync()
    {
        try
        {
            return (await Command.RunAsync("git", "-C", Root, "describe", "--always", "--dirty", "--abbrev=10")).Trim();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Orleans.Workflow.sln")))
                return directory.FullName;
        }

        throw new BenchmarkException("The benchmark must run inside a working copy: it starts the product and the peers from there.");
    }
}
