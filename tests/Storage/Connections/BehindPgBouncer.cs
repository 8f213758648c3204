using System.Diagnostics;
using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>PostgreSQL behind Debian's PgBouncer in transaction mode.</summary>
public sealed class BehindPgBouncer(PostgresDatabases databases)
{
    [Fact]
    public async Task With_the_setting_for_it_everything_works_on_shared_connections()
    {
        var direct = await databases.CreateAsync();
        using var bouncer = await PgBouncer.StartAsync(direct.ConnectionString);
        await using var silo = await SiloUnderTest.StartAsync(
            direct with
            {
                ConnectionString = bouncer.ConnectionString,
                PoolsTransactions = true,
            }
        );

        for (var round = 0; round < 5; round++)
        {
            var status = round % 2 == 0 ? "running" : "paused";
            await Task.WhenAll(
                    Enumerable
                        .Range(0, 40)
                        .Select(number => silo.Workflow($"w{number}").Receive(Receipts.Of($"w{number}", status)))
                )
                .InTime();
            await Task.WhenAll(
                    Enumerable
                        .Range(0, 20)
                        .Select(_ => silo.ReadModel.ListWorkflows(new(), default, null, 10, CancellationToken.None))
                )
                .InTime();
        }

        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(200);
        (await silo.Workflow("w7").GetState().InTime())!.Version.ShouldBe(5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_the_setting_a_host_does_not_start_and_names_it(bool ignoresOptions)
    {
        var direct = await databases.CreateAsync();
        using var bouncer = await PgBouncer.StartAsync(direct.ConnectionString, ignoresOptions);
        await using var process = ServiceProcess.Start(
            WorkingCopy.Silo,
            ["migrate", "--Storage:Provider=Postgres", $"--ConnectionStrings:Workflows={bouncer.ConnectionString}"],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")]
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();

        process.ExitCode.ShouldBe(1, process.Output.ToString());
        process.Output.ToString().ShouldContain("Storage:TransactionPooling");
    }

    private sealed class PgBouncer : IDisposable
    {
        private readonly Process _process;
        private readonly string _directory;

        private PgBouncer(Process process, string directory, string connectionString) =>
            (_process, _directory, ConnectionString) = (process, directory, connectionString);

        public string ConnectionString { get; }

        public static async Task<PgBouncer> StartAsync(string connectionString, bool ignoresOptions = true)
        {
            var server = new NpgsqlConnectionStringBuilder(connectionString);
            var directory = Directory.CreateTempSubdirectory("owf-pgbouncer-").FullName;
            var port = FreePort.Next();
            var settings = Path.Combine(directory, "pgbouncer.ini");
            await File.WriteAllTextAsync(
                settings,
                $"""
                [databases]
                * = host={server.Host} port={server.Port} user={server.Username}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 3
                max_client_conn = 200
                logfile = {directory}/log
                pidfile = {directory}/pid
                {(
                    ignoresOptions
                        ? "ignore_startup_parameters = extra_float_digits,options"
                        : "ignore_startup_parameters = extra_float_digits"
                )}
                """,
                TestContext.Current.CancellationToken
            );
            var start = new ProcessStartInfo("pgbouncer", ["-q", settings]) { WorkingDirectory = directory };
            if (Environment.IsPrivilegedProcess)
            {
                // It refuses to run as root, like PostgreSQL.
                await Command.RunAsync("chown", "-R", "postgres:", directory);
                start = new ProcessStartInfo("runuser", ["-u", "postgres", "--", "pgbouncer", "-q", settings])
                {
                    WorkingDirectory = directory,
                };
            }

            var through = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port };
            var bouncer = new PgBouncer(Process.Start(start)!, directory, through.ConnectionString);
            var plain = new NpgsqlConnectionStringBuilder(through.ConnectionString) { Pooling = false, Timeout = 5 };
            await Deadline.Until(
                async () =>
                {
                    try
                    {
                        await using var connection = new NpgsqlConnection(plain.ConnectionString);
                        await connection.OpenAsync(TestContext.Current.CancellationToken);
                        return true;
                    }
                    catch (NpgsqlException)
                    {
                        return false;
                    }
                },
                "PgBouncer answers"
            );
            return bouncer;
        }

        public void Dispose()
        {
            if (
                File.Exists(Path.Combine(_directory, "pid"))
                && int.TryParse(File.ReadAllText(Path.Combine(_directory, "pid")), out var pid)
            )
                UnixSignals.Send(pid, UnixSignal.Kill);

            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);

            _process.WaitForExit(TimeSpan.FromSeconds(10));
            _process.Dispose();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
