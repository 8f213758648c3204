using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Simulation.Tests.WrongBuilds;

/// <summary>A copy of the product's sources and of this program, in which mistakes can be made.</summary>
public sealed class Workshop : IDisposable
{
    private const string Program = "Orleans.Workflow.Simulation.Tests.dll";

    // Enough for the rarest of the mistakes, many times over.
    private const int Schedules = 1_500;

    private static readonly string Built = AppContext.BaseDirectory;
    private static readonly string Configuration = new DirectoryInfo(Built).Parent!.Name;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("wrong-builds-");

    /// <summary>Copies what is needed, with what restoring and building left there.</summary>
    public Workshop()
    {
        foreach (var file in Directory.EnumerateFiles(WorkingCopy.Root))
            File.Copy(file, Path.Combine(_root.FullName, Path.GetFileName(file)));

        foreach (var folder in (string[])["src/Grains.Interfaces", "src/Grains", "src/Storage", "deploy/sql"])
            Copy(Path.Combine(WorkingCopy.Root, folder), Path.Combine(_root.FullName, folder));

        Copy(Built, Simulation);
    }

    private string Simulation => Path.Combine(_root.FullName, "simulation");

    /// <summary>Makes a mistake, builds the project that has it, and runs the simulation with it.</summary>
    /// <returns>What the simulation said; null if it noticed nothing.</returns>
    internal async Task<string?> Try(WrongBuild wrong)
    {
        var source = Path.Combine(_root.FullName, wrong.File);
        var right = await File.ReadAllTextAsync(source);
        (right.Split(wrong.Right).Length - 1).ShouldBe(1, $"\"{wrong.Right}\" must be in {wrong.File} exactly once; change this list with it");
        var assembly = $"Orleans.Workflow.{wrong.Project}.dll";
        try
        {
            await File.WriteAllTextAsync(source, right.Replace(wrong.Right, wrong.Wrong));
            var project = Path.Combine(_root.FullName, "src", wrong.Project);
            var framework = new DirectoryInfo(Built).Name;
            await Command.RunAsync(
                "dotnet", "build", project, "-c", Configuration, "--no-restore", "-nodeReuse:false", "-p:UseSharedCompilation=false",
                "-p:BuildProjectReferences=false", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false");
            File.Copy(Path.Combine(project, "bin", Configuration, framework, assembly), Path.Combine(Simulation, assembly), overwrite: true);
            return await Simulate();
        }
        finally
        {
            await File.WriteAllTextAsync(source, right);
            File.Copy(Path.Combine(Built, assembly), Path.Combine(Simulation, assembly), overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Delete(recursive: true);

    private async Task<string?> Simulate()
    {
        try
        {
            await Command.RunAsync(
                "env", $"SIMULATION_SCHEDULES={Schedules}",
                "dotnet", Path.Combine(Simulation, Program), "-class", typeof(ScheduleTests).FullName!, "-noColor");
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));

        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
