using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Telemetry;

/// <summary>Settings of the telemetry that make no sense stop the start.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Every_wrong_setting_is_reported_at_once_with_its_valid_values()
    {
        await using var process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                "--Telemetry:Otlp:Endpoint=collector:4317",
                "--Telemetry:Otlp:Protocol=carrier-pigeon",
                "--Telemetry:TraceRatio=1.5",
                "--Telemetry:LogFormat=xml",
                "--Telemetry:Colour=red",
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development"), new("DOTNET_ENVIRONMENT", null)]
        );
        await process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async(
            "the output of a process that has ended",
            () => Task.FromResult(process.Output.ToString()),
            static text => text.Contains("Colour")
        );
        output.ShouldContain(
            "Telemetry:Otlp:Endpoint is 'collector:4317'; it must be the URL of a collector, such as "
                + "http://127.0.0.1:4317."
        );
        output.ShouldContain("Telemetry:Otlp:Protocol is 'carrier-pigeon'; it must be one of: Grpc, HttpProtobuf.");
        output.ShouldContain("Telemetry:TraceRatio is '1.5'; it must be a number from 0 to 1, such as 0.1.");
        output.ShouldContain("Telemetry:LogFormat is 'xml'; it must be one of: Text, Json.");
        output.ShouldContain("Telemetry:Colour is not a setting");
    }
}
