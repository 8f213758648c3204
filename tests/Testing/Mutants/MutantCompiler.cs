using System.Text.Json;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Mutants;

/// <summary>Compiles one project again and again, as its build does.</summary>
// MSBuild is asked once what it would compile, and how: for each mutant it takes longer than the compiler itself.
internal sealed class MutantCompiler
{
    private readonly string _folder;
    private readonly string _compiler;
    private readonly string _arguments;

    private MutantCompiler(string folder, string compiler, string arguments) =>
        (_folder, _compiler, _arguments) = (folder, compiler, arguments);

    /// <summary>Asks the build of a project for the arguments of the compiler.</summary>
    /// <param name="folder">The project's folder; what it references is built already.</param>
    /// <param name="configuration">Debug or Release.</param>
    public static async Task<MutantCompiler> OfAsync(string folder, string configuration)
    {
        var output = await Command.RunAsync(
            "dotnet",
            "build",
            folder,
            "-c",
            configuration,
            // Scripts of the schema are resources of the assembly.
            "-t:PrepareResources;Compile",
            "-getProperty:RoslynTargetsPath",
            "-getItem:CscCommandLineArgs",
            "--no-restore",
            "-nodeReuse:false",
            "-p:ProvideCommandLineArgs=true",
            "-p:SkipCompilerExecution=true",
            // Without it nothing is compiled that is up to date, and there are no arguments.
            "-p:NonExistentFile=none",
            "-p:BuildProjectReferences=false",
            "-p:RunAnalyzers=false",
            "-p:GenerateDocumentationFile=false",
            "-p:TreatWarningsAsErrors=false"
        );
        using var build = JsonDocument.Parse(output);
        var targets = build.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!;
        var arguments = build
            .RootElement.GetProperty("Items")
            .GetProperty("CscCommandLineArgs")
            .EnumerateArray()
            .Select(static item => item.GetProperty("Identity").GetString()!)
            .Where(static argument => !IsOfOutput(argument))
            .Select(static argument =>
                argument.Contains(' ') && !argument.Contains('"') ? $"\"{argument}\"" : argument
            );
        var file = Path.Combine(folder, "obj", "mutant.rsp");
        await File.WriteAllLinesAsync(file, arguments);
        return new MutantCompiler(folder, Path.Combine(targets, "bincore", "csc.dll"), file);
    }

    /// <summary>Compiles the sources as they are now.</summary>
    /// <exception cref="InvalidOperationException">They do not compile; the message says why.</exception>
    public Task CompileAsync(string output) =>
        Command.RunInAsync(
            _folder,
            "dotnet",
            _compiler,
            // By the server that keeps the compiler warm; -noconfig is for the command line alone.
            "-shared",
            "-noconfig",
            $"@{_arguments}",
            $"-out:{output}"
        );

    private static bool IsOfOutput(string argument) =>
        argument.StartsWith("/out:", StringComparison.Ordinal)
        || argument.StartsWith("/refout:", StringComparison.Ordinal)
        || argument == "/noconfig";
}
