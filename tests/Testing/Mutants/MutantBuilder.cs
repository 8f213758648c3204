using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Mutants;

/// <summary>A copy of the product's sources and of the running test program, in which mistakes can be made.</summary>
public sealed class MutantBuilder : IDisposable
{
    private static readonly string Built = AppContext.BaseDirectory;
    private static readonly string Configuration = new DirectoryInfo(Built).Parent!.Name;

    private readonly Dictionary<string, MutantCompiler> _compilers = [];
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mutants-");

    /// <summary>Copies what is needed, with what restoring and building left there.</summary>
    public MutantBuilder()
    {
        foreach (var file in Directory.EnumerateFiles(WorkingCopy.Root))
            File.Copy(file, Path.Combine(_root.FullName, Path.GetFileName(file)));

        foreach (
            var folder in (string[])["src/Domain", "src/Grains.Interfaces", "src/Grains", "src/Storage", "deploy/sql"]
        )
            Copy(Path.Combine(WorkingCopy.Root, folder), Path.Combine(_root.FullName, folder));

        Copy(Built, Tests);
    }

    private string Tests => Path.Combine(_root.FullName, "tests");

    /// <summary>Makes mistakes, builds the projects that have them, and runs this test program with them.</summary>
    /// <param name="mistakes">The mistakes; without any the product is as it is.</param>
    /// <param name="environment">Variables, each <c>NAME=value</c>.</param>
    /// <param name="arguments">Arguments of the test program.</param>
    /// <returns>Whether all tests passed, and what the program wrote.</returns>
    /// <exception cref="InvalidOperationException">A text is not there exactly once, or a build failed.</exception>
    public async Task<(bool Passed, string Output)> Run(
        IReadOnlyList<SourceEdit> mistakes,
        IEnumerable<string> environment,
        IEnumerable<string> arguments
    )
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        var sources = new Dictionary<string, string>();
        var projects = mistakes.Select(static mistake => mistake.Project).Distinct().ToList();
        try
        {
            foreach (var mistake in mistakes)
                await Make(mistake, sources);

            foreach (var project in projects)
                await Build(project);

            return await Run(environment, arguments);
        }
        finally
        {
            foreach (var (source, right) in sources)
                await File.WriteAllTextAsync(source, right);

            foreach (var project in projects)
            {
                var (right, wrong) = (Path.Combine(Built, Assembly(project)), Path.Combine(Tests, Assembly(project)));
                File.Copy(right, wrong, overwrite: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Delete(recursive: true);

    private async Task Make(SourceEdit mistake, Dictionary<string, string> sources)
    {
        var source = Path.Combine(_root.FullName, mistake.File);
        var text = await File.ReadAllTextAsync(source);
        if (text.Split(mistake.Right).Length != 2)
        {
            throw new InvalidOperationException(
                $"\"{mistake.Right}\" must be in {mistake.File} exactly once; change the list of mutants with it"
            );
        }

        sources.TryAdd(source, text);
        await File.WriteAllTextAsync(source, text.Replace(mistake.Right, mistake.Wrong));
    }

    private async Task Build(string project)
    {
        if (!_compilers.TryGetValue(project, out var compiler))
            _compilers.Add(project, compiler = await MutantCompiler.OfAsync(Folder(project), Configuration));

        await compiler.CompileAsync(Path.Combine(Tests, Assembly(project)));
    }

    private string Folder(string project) => Path.Combine(_root.FullName, "src", project);

    private async Task<(bool Passed, string Output)> Run(IEnumerable<string> environment, IEnumerable<string> arguments)
    {
        var program = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name + ".dll";
        try
        {
            var output = await Command.RunAsync(
                "env",
                [.. environment, "dotnet", Path.Combine(Tests, program), "-noColor", .. arguments]
            );
            return (true, output);
        }
        catch (InvalidOperationException exception)
        {
            return (false, exception.Message);
        }
    }

    private static string Assembly(string project) => $"Orleans.Workflow.{project}.dll";

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));

        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
