using System.Text.Json;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Promises;

/// <summary>Two generators make clients from docs/openapi.json that compile and read real answers.</summary>
[Collection(OnSqlite.Name)]
public sealed class GeneratedClientTests(SqliteApi api) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("owf-client-");

    [Fact]
    public async Task A_generated_client_in_CSharp_compiles_and_reads_real_answers()
    {
        CopySources("csharp");
        var document = await OpenApiDocument.FromFileAsync(Contract.Path, TestContext.Current.CancellationToken);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "WorkflowsClient",
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
            CSharpGeneratorSettings =
            {
                Namespace = "Generated",
                JsonLibrary = CSharpJsonLibrary.SystemTextJson,
                GenerateNullableReferenceTypes = true,
            },
        };
        await WriteAsync("Generated.cs", new CSharpClientGenerator(document, settings).GenerateFile());

        ShouldHaveRead(
            await Command.RunInAsync(
                _folder.FullName,
                "dotnet",
                "run",
                "--",
                api.Process.Root.GetLeftPart(UriPartial.Authority),
                Report.NewId()
            )
        );
    }

    [Fact]
    public async Task A_generated_client_in_TypeScript_compiles_and_reads_real_answers()
    {
        CopySources("typescript");
        await Command.RunInAsync(_folder.FullName, "npm", "ci", "--no-audit", "--no-fund");
        await Command.RunInAsync(_folder.FullName, "npx", "openapi-typescript", Contract.Path, "-o", "contract.d.ts");
        await Command.RunInAsync(_folder.FullName, "npx", "tsc");

        ShouldHaveRead(
            await Command.RunInAsync(
                _folder.FullName,
                "node",
                "out/client.js",
                api.Process.Root.GetLeftPart(UriPartial.Authority),
                Report.NewId()
            )
        );
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void ShouldHaveRead(string output)
    {
        var read = JsonSerializer.Deserialize<JsonElement>(output.Trim().Split('\n')[^1]);
        read.Word("phase").ShouldBe("ended");
        read.Word("node").ShouldBe("n");
        read.Word("rule")!.ToLowerInvariant().ShouldBe("first_sight");
        read.Word("effect").ShouldBe("advanced");
        read.Number("change").ShouldBe(1);
        read.Word("missing").ShouldBe("Not found.");
    }

    private void CopySources(string language)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Clients", language)))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
    }

    private Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder.FullName, file), text, TestContext.Current.CancellationToken);
}
