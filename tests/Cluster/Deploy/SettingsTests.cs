using System.Diagnostics;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Deploy;

/// <summary>
/// Every setting that the files under <c>deploy</c> name is one that the hosts know. A host tells at its start
/// everything that is wrong with its settings: with one that is wrong on purpose, that one must be all it tells.
/// </summary>
public sealed class SettingsTests
{
    /// <summary>
    /// The sections whose settings the hosts check. No host reads a setting of another section, and none reports it.
    /// </summary>
    private static readonly string[] CheckedSections =
    [
        "Access",
        "Audit",
        "Cluster",
        "Dashboard",
        "Http",
        "Retention",
        "Sources",
        "Storage",
        "Telemetry",
        "Vocabulary",
        "Webhooks",
    ];

    private static readonly string[] OtherSettings = ["ConnectionStrings:Workflows"];

    /// <summary>Free ports: a port in use is an error too.</summary>
    private static readonly IReadOnlyList<int> Ports = FreePort.Next(2);

    /// <summary>Settings that a silo needs, whatever the file says.</summary>
    private static readonly string[] Needed =
    [
        "ConnectionStrings:Workflows",
        "Storage:Provider",
        "Cluster:SiloPort",
        "Cluster:GatewayPort",
        "urls",
    ];

    public static TheoryData<string> Files => ["compose.yaml", "local-cluster.sh", "Dockerfile"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_setting_is_in_a_section_that_is_read(string file)
    {
        foreach (var name in SettingNames.In(file).Except(OtherSettings))
            CheckedSections.ShouldContain(name.Split(':')[0], $"deploy/{file} sets {name}.");
    }

    [Fact]
    public void The_settings_are_found_at_all()
    {
        SettingNames
            .In("compose.yaml")
            .ShouldBe([
                "Access:Keys:operator:Role",
                "Access:Keys:operator:Secrets:0",
                "Cluster:AdvertisedAddress",
                "Cluster:ExpectedSilos",
                "Cluster:Mode",
                "ConnectionStrings:Workflows",
                "Sources:airudder",
                "Sources:airudder:Secrets:0",
                "Storage:Provider",
            ]);
        SettingNames.In("local-cluster.sh").ShouldContain("Cluster:GatewayPort");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_hosts_know_each_setting(string file)
    {
        var settings = SettingNames.In(file).Union(Needed).ToDictionary(static name => name, Value);

        // A silo knows the names of sources, an Api their credentials.
        var ofSilo = settings.Where(static setting =>
            !setting.Key.StartsWith("Sources:airudder:", StringComparison.Ordinal)
        );
        var ofApi = settings.Where(static setting => setting.Key != "Sources:airudder");
        (await Complaints(WorkingCopy.Silo, ofSilo)).ShouldBe([
            "Storage:CommitConcurrency is 'wrong'; it must be a whole number from 1 to 32.",
        ]);
        (await Complaints(WorkingCopy.Api, ofApi)).ShouldBe([
            "Storage:CommitConcurrency is 'wrong'; it must be a whole number from 1 to 32.",
        ]);
    }

    /// <summary>
    /// A value that makes sense for a setting; a name that is new to the files under <c>deploy</c> wants one here.
    /// </summary>
    private static string Value(string name) =>
        name switch
        {
            "Access:AllowAnonymous" => "true",
            "Access:Keys:operator:Role" => "admin",
            "Access:Keys:operator:Secrets:0" => "fedcba9876543210",
            "Cluster:AdvertisedAddress" => "127.0.0.1",
            "Cluster:ClusterId" => "deploy",
            "Cluster:ExpectedSilos" => "2",
            "Cluster:GatewayPort" => Ports[0].ToString(),
            "Cluster:Mode" => "Clustered",
            "Cluster:SiloPort" => Ports[1].ToString(),
            "ConnectionStrings:Workflows" => "Host=127.0.0.1",
            "Sources:airudder" => "",
            "Sources:airudder:AllowAnonymous" => "true",
            "Sources:airudder:Secrets:0" => "0123456789abcdef",
            "Storage:Provider" => "Postgres",
            "urls" => "http://127.0.0.1:0",
            _ => throw new ArgumentException(
                $"{name} has no value in this test yet; give it one that makes sense.",
                nameof(name)
            ),
        };

    /// <summary>Starts a host that cannot start, and gives what it says of its settings.</summary>
    private static async Task<IEnumerable<string>> Complaints(
        string assembly,
        IEnumerable<KeyValuePair<string, string>> settings
    )
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                assembly,
                "--Storage:CommitConcurrency=wrong",
                .. settings.Select(static setting => $"--{setting.Key}={setting.Value}"),
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        // In development a source without a credential is no error, which the Dockerfile, which sets none, would be.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        process.ExitCode.ShouldBe(1);
        return errors
            .Split('\n')
            .Where(static line => line.StartsWith("  - ", StringComparison.Ordinal))
            .Select(static line => line[4..]);
    }
}
