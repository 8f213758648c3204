using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>What a parser takes is not yet a setting.</summary>
public sealed class SettingTests
{
    private static readonly string[] NoNumber =
    [
        "NaN",
        "Infinity",
        "-1",
        "-0",
        "+1",
        "1e3",
        "1.5",
        "0x10",
        "1,000",
        "99999999999999999999",
        "١",
    ];
    private static readonly string[] NoWord =
    [
        "-1",
        "+1",
        "1",
        "01",
        "7",
        "Sqlite,Postgres",
        "Embedded, Clustered",
        "None",
    ];
    private static readonly string[] NoFraction =
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "∞",
        "-0",
        "+1",
        "1e-1",
        "1.0000001",
        "0,5",
    ];
    private static readonly string[] NoNetwork =
    [
        "1",
        "10",
        "10.1",
        "203.0.113",
        "0x7f.0.0.1",
        "010.0.0.1",
        "203.0.113/24",
        "10/8",
        "10.0.0.1/33",
        "::ffff:10.0.0.0/104",
        "1.2.3.4:80",
        "*",
    ];
    private static readonly string[] NoPathBase =
    [
        "x",
        "/",
        "//x",
        "/x/",
        "/..",
        "/x/../y",
        "/x y",
        "/x%20y",
        "/<x>",
        "/workflows",
        "/Webhooks/x",
        "http://x/y",
    ];

    [Fact]
    public async Task What_parses_and_is_no_value_is_refused_and_all_at_once()
    {
        (string Key, string[] Values)[] wrong =
        [
            ("Webhooks:MaxBodyBytes", NoNumber),
            ("Webhooks:BodySeconds", NoNumber),
            ("Http:MaxInFlight", NoNumber),
            ("Http:MaxWaits", NoNumber),
            ("Http:MaxConnections", NoNumber),
            ("Http:HeaderSeconds", NoNumber),
            ("Http:DrainSeconds", NoNumber),
            ("Http:TrustedProxies", NoNetwork),
            ("Http:PathBase", NoPathBase),
            ("Sources:a:AllowedAddresses", NoNetwork),
            ("Sources:a:RatePerSecond", NoNumber),
            ("Storage:MaxBatch", NoNumber),
            ("Retention:Receipts:Days", NoNumber),
            ("Retention:Rejected:MaxBytes", NoNumber),
            ("Telemetry:TraceRatio", NoFraction),
            ("Telemetry:LogFormat", NoWord),
            ("Storage:Provider", NoWord),
            ("Cluster:Mode", NoWord),
            ("Vocabulary:Ranking", ["7,8,9", "0,1,2", "-1,0,1", "failed,failed,completed"]),
        ];
        var rounds = wrong.Max(static setting => setting.Values.Length);
        await Parallel.ForAsync(
            0,
            rounds,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (round, cancellation) =>
            {
                var settings = wrong
                    .Where(setting => round < setting.Values.Length)
                    .Select(setting => (setting.Key, Value: setting.Values[round]))
                    .ToList();
                await using var process = ServiceProcess.Start(
                    WorkingCopy.Api,
                    [
                        $"--urls=http://127.0.0.1:{FreePort.Next()}",
                        .. settings.Select(static setting => $"--{setting.Key}={setting.Value}"),
                    ],
                    [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)],
                    Path.GetTempPath()
                );
                await process
                    .WaitForExitAsync(cancellation)
                    .WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System, cancellation);

                process.ExitCode.ShouldBe(1, string.Join(' ', settings));
                var output = await Until.Async(
                    "the output of a process that has ended",
                    () => Task.FromResult(process.Output.ToString()),
                    static text =>
                        text.Contains("Vocabulary:Ranking", StringComparison.Ordinal)
                        || text.Contains("Telemetry:TraceRatio", StringComparison.Ordinal)
                        || text.Contains("Http:DrainSeconds", StringComparison.Ordinal)
                        || text.Contains("Http:PathBase", StringComparison.Ordinal)
                );
                foreach (var (key, value) in settings)
                    output.ShouldContain(key, customMessage: $"{key}={value}");
            }
        );
    }
}
