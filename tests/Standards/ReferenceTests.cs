using System.Xml.Linq;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>
/// Arrows run one way: Api, Silo → Hosting → Storage → Grains → Domain → Grains.Interfaces; and Api → Vendor.
/// The grains say what they need of a storage; they know none.
/// </summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Api"] = ["Hosting", "Vendor"],
        ["Silo"] = ["Hosting"],
        ["Hosting"] = ["Storage"],
        ["Grains"] = ["Domain", "Grains.Interfaces"],
        ["Storage"] = ["Grains"],
        ["Grains.Interfaces"] = [],
        ["Domain"] = ["Grains.Interfaces"],
        ["Vendor"] = [],
    };

    [Fact]
    public void Projects_refer_to_each_other_as_the_layout_says()
    {
        var found = Repository
            .Files("src", ".csproj")
            .ToDictionary(
                static file => Path.GetFileNameWithoutExtension(file),
                static file => References(file, "ProjectReference").Select(Name).ToArray()
            );

        found.Keys.ShouldBe(Arrows.Keys, ignoreOrder: true);
        foreach (var (project, references) in found)
            references.ShouldBe(Arrows[project], ignoreOrder: true, customMessage: $"what src/{project} refers to");
    }

    [Fact]
    public void The_contract_depends_on_the_sdk_of_Orleans_only() =>
        References(
                Path.Combine(Repository.Root, "src", "Grains.Interfaces", "Grains.Interfaces.csproj"),
                "PackageReference"
            )
            .ShouldBe(["Microsoft.Orleans.Sdk"]);

    [Fact]
    public void The_domain_knows_dotnet_and_the_words_of_the_contract_only() =>
        typeof(WorkflowFold)
            .Assembly.GetReferencedAssemblies()
            .Select(static assembly => assembly.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal))
            .ShouldBe([typeof(WorkflowPhase).Assembly.GetName().Name!]);

    [Fact]
    public void The_grains_know_no_database() =>
        References(Path.Combine(Repository.Root, "src", "Grains", "Grains.csproj"), "PackageReference")
            .ShouldBe(["Microsoft.Orleans.Server"]);

    [Fact]
    public void The_product_refers_to_no_test() =>
        Repository
            .Files("src", ".csproj")
            .SelectMany(static file => References(file, "ProjectReference"))
            .ShouldAllBe(static reference => !reference.Contains("tests"));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Orleans.Workflow.sln")).Replace('\\', '/');

        // The client is built by its test, with sources that the test generates; the copies by test.sh.
        string[] others = ["tests/Api/Clients/csharp/Client.csproj", "tests/Precompiled/Precompiled.csproj"];
        foreach (var folder in Repository.Folders)
        {
            Repository
                .Files(folder, ".csproj")
                .Select(Repository.Relative)
                .Where(project => !others.Contains(project) && !solution.Contains($"\"{project}\""))
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void Every_package_has_one_version_which_the_solution_says()
    {
        foreach (var folder in Repository.Folders)
        {
            Repository
                .Files(folder, ".csproj")
                .Where(static file =>
                    XDocument
                        .Load(file)
                        .Descendants("PackageReference")
                        .Any(static package =>
                            package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
                        )
                )
                .ShouldBeEmpty();
        }
    }

    private static List<string> References(string project, string kind) =>
        [.. XDocument.Load(project).Descendants(kind).Select(static item => item.Attribute("Include")!.Value)];

    private static string Name(string reference) => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'));
}
