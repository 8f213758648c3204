using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>What the programs make of their arguments.</summary>
public sealed class CommandLineTests(SqliteDatabases databases)
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            var commands = new TheoryData<string, string>();
            foreach (var host in (string[])["Silo", "Api"])
            {
                foreach (var command in (string[])["", "migrate", "adopt-vocabulary", "audit", "rebuild", "backup"])
                    commands.Add(host, command);
            }

            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_and_version_are_answered_and_nothing_else_happens(string host, string command)
    {
        var settings = await databases.CreateAsync();
        string[] words = command.Length > 0 ? [command] : [];

        var help = await HostRun.ToEnd(host, [.. words, "--help", .. HostRun.On(settings)]);
        var version = await HostRun.ToEnd(host, [.. HostRun.On(settings), .. words, "--version"]);

        help.ExitCode.ShouldBe(0, help.Output);
        help.Output.ShouldContain("Usage:");
        help.Output.ShouldContain("Storage:Provider");
        version.ExitCode.ShouldBe(0, version.Output);
        version.Output.ShouldMatch(@"^\d+\.\d+\.\d+\S*$");
        File.Exists(settings.ConnectionString["Data Source=".Length..]).ShouldBeFalse("a database was made");
    }

    [Theory]
    [InlineData("Silo", "migrte", "migrate")]
    [InlineData("Api", "Audit", "audit")]
    [InlineData("Silo", "--hlep", "--help")]
    [InlineData("Silo", "audit --jsno", "--json")]
    [InlineData("Silo", "migrate extra", "'extra' is no command")]
    [InlineData("Api", "--url http://127.0.0.1:0", "--urls")]
    [InlineData("Api", "--Storage:Provider", "--Storage:Provider needs a value")]
    [InlineData("Silo", "--Stroage:Provider=Postgres", "--Storage:Provider")]
    [InlineData("Api", "--Stroage:Provider Postgres", "--Storage:Provider")]
    [InlineData("Silo", "Storage:Provdier=Postgres", "Storage:Provider")]
    [InlineData("Silo", "migrate --ConnectionString:Workflows=x", "--ConnectionStrings:Workflows")]
    [InlineData("Silo", "--Cluster:SiloPort:Number=1", "--Cluster:SiloPort")]
    [InlineData("Api", "--verbose=true", "--verbose is not a setting")]
    public async Task What_is_no_setting_and_no_command_is_refused_with_what_was_meant(
        string host,
        string arguments,
        string meant
    )
    {
        var end = await HostRun.ToEnd(host, arguments.Split(' '));

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain(meant, Case.Sensitive);
        end.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("Stroage__Provider", "did you mean Storage")]
    [InlineData("ConnectionStrings__Workflow", "did you mean ConnectionStrings:Workflows")]
    [InlineData("Acess__AllowAnonymous", "did you mean Access")]
    public async Task A_variable_whose_name_is_nearly_that_of_a_setting_is_refused(string name, string meant)
    {
        var end = await HostRun.ToEnd("Api", [], new KeyValuePair<string, string?>(name, "true"));

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain(meant);
    }

    [Theory]
    [InlineData("--Storage:Provider=Sqlite")]
    [InlineData("--Storage:Provider", "Sqlite")]
    [InlineData("/Storage:Provider=Sqlite")]
    [InlineData("Storage:Provider=Sqlite")]
    public async Task Settings_may_be_written_as_dotnet_takes_them_before_and_after_a_command(params string[] setting)
    {
        var database = await databases.CreateAsync();

        foreach (
            var arguments in (string[][])
                [
                    [.. setting, "migrate"],
                    ["migrate", .. setting],
                ]
        )
        {
            var end = await HostRun.ToEnd(
                "Silo",
                [.. arguments, $"--ConnectionStrings:Workflows={database.ConnectionString}"]
            );

            end.ExitCode.ShouldBe(0, end.Output);
        }
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Loud")]
    [InlineData("Logging:Console:LogLevel:Orleans", "quiet")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [InlineData("contentRoot", "/no/such/folder")]
    [InlineData("Storage:CommitConcurrency", "-1")]
    [InlineData("ConnectionStrings:Workflows", "Data Source=")]
    public async Task A_value_that_nothing_can_use_is_an_error_of_its_setting(string setting, string value)
    {
        var end = await HostRun.ToEnd(
            "Api",
            [$"--{setting}={value}", .. HostRun.Anonymous, "--urls=http://127.0.0.1:0"]
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldStartWith("Invalid configuration:");
        end.Output.ShouldContain(setting == "contentRoot" ? value : setting);
        end.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_settings_file_that_is_no_JSON_is_named_with_its_error()
    {
        var folder = Directory.CreateTempSubdirectory("owf-settings-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "appsettings.json"),
            """{ "Storage": { """,
            TestContext.Current.CancellationToken
        );

        var end = await HostRun.ToEnd("Silo", [$"--contentRoot={folder.FullName}"]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain(Path.Combine(folder.FullName, "appsettings.json"));
        end.Output.ShouldNotContain("   at ");
        folder.Delete(recursive: true);
    }

    /// <summary>Kestrel finds no certificate where there is no home.</summary>
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_failure_that_no_setting_explains_is_logged_with_its_stack_trace(string environment)
    {
        var home = Directory.CreateTempSubdirectory("owf-home-");
        var settings = await databases.CreateAsync();

        var end = await HostRun.ToEnd(
            "Api",
            [.. HostRun.On(settings), .. HostRun.Anonymous, $"--urls=https://127.0.0.1:{FreePort.Next()}"],
            new("ASPNETCORE_ENVIRONMENT", environment),
            new("DOTNET_ENVIRONMENT", environment),
            new("HOME", home.FullName)
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("certificate");
        end.Output.ShouldContain("   at ");
        home.Delete(recursive: true);
    }
}
