using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>What stops the start.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Outside_Development_a_source_without_a_credential_stops_the_start()
    {
        using var database = new SqliteFile();

        await using var process = ServiceProcess.Start(
            ApiAssembly.Path,
            [.. database.Settings, $"--urls=http://127.0.0.1:{FreePort.Next()}", "--Sources:other:Secrets:0=short", "--Sources:other:Colour=red"],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async("the output of a process that has ended", () => Task.FromResult(process.Output.ToString()), static text => text.Contains("Colour"));
        output.ShouldContain("Sources:other:Secrets");
        output.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task The_default_source_needs_a_credential_outside_Development()
    {
        using var database = new SqliteFile();

        await using var process = ServiceProcess.Start(
            ApiAssembly.Path,
            [.. database.Settings, $"--urls=http://127.0.0.1:{FreePort.Next()}"],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async("the output of a process that has ended", () => Task.FromResult(process.Output.ToString()), static text => text.Contains("AllowAnonymous"));
        output.ShouldContain("Sources:airudder has no credential");
    }
}
