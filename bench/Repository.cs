using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks;

/// <summary>Where things lie in the working copy.</summary>
internal static class Repository
{
    public static string Root => WorkingCopy.Root;

    public static string Artifacts { get; } =
        Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench")).FullName;

    /// <summary>The product as published for the benchmark.</summary>
    public static string ProductAssembly => Path.Combine(Artifacts, "api", "Orleans.Workflow.Api.dll");

    /// <summary>The silo as published for the benchmark; it has the command <c>audit</c> too.</summary>
    public static string SiloAssembly => Path.Combine(Artifacts, "silo", "Orleans.Workflow.Silo.dll");

    /// <summary>A peer, as it was built together with this program.</summary>
    public static string Peer(string name)
    {
        // …/bench/bin/{configuration}/{framework}/
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Root,
            "bench",
            "Peers",
            name,
            "bin",
            built.Parent!.Name,
            built.Name,
            $"Orleans.Workflow.{name}.dll"
        );
    }

    /// <summary>Publishes the product's two programs, Release.</summary>
    /// <returns>False, if there is no product in this working copy yet.</returns>
    public static async Task<bool> PublishProductAsync()
    {
        if (!File.Exists(Path.Combine(Root, "src", "Api", "Program.cs")))
            return false;

        await PublishAsync("Api", ProductAssembly);
        await PublishAsync("Silo", SiloAssembly);
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

    private static Task<string> PublishAsync(string project, string assembly) =>
        Command.RunAsync(
            "dotnet",
            "publish",
            Path.Combine(Root, "src", project),
            "-c",
            "Release",
            "-o",
            Path.GetDirectoryName(assembly)!,
            "-nologo",
            "-v",
            "quiet"
        );
}
