using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Schema;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>Copies of a database that are taken while notifications come, and what starts on them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests(SqliteDatabases files, PostgresDatabases servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_under_load_holds_every_receipt_that_was_acknowledged_before()
    {
        var settings = await files.CreateAsync();
        var copy = await files.CreateAsync();
        var path = copy.ConnectionString["Data Source=".Length..];

        var acknowledged = await UnderLoad(settings, async () =>
        {
            var end = await HostRun.ToEnd("Silo", ["backup", "--to", path, .. HostRun.On(settings)]);
            end.ExitCode.ShouldBe(0, end.Output);
            end.Output.ShouldContain(path);
        });

        File.Exists(path + "-wal").ShouldBeFalse();
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var original = new MigratedDatabase(settings))
        await using (var copied = new MigratedDatabase(copy))
        {
            (await copied.Lines("SELECT id FROM change_epoch")).ShouldNotBe(
                await original.Lines("SELECT id FROM change_epoch"),
                "positions of the copy are those of another history"
            );
        }

        await ShouldServe(copy, acknowledged);
    }

    [Fact]
    public async Task A_dump_of_PostgreSQL_under_load_holds_every_receipt_that_was_acknowledged_before()
    {
        var settings = await servers.CreateAsync();
        var copy = await servers.CreateAsync();
        await using (var database = new MigratedDatabase(settings))
            await database.Schema.Migrate(CancellationToken.None);

        var dump = Path.Combine(Path.GetTempPath(), $"owf-dump-{Path.GetRandomFileName()}");
        try
        {
            // The live silos are still members of the cluster when the copy starts: their rows stay behind.
            var acknowledged = await UnderLoad(settings, () =>
                Command.RunAsync(
                    PostgresBinaries.Find()["pg_dump"],
                    "--format=custom",
                    "--exclude-table-data=orleansmembership*",
                    $"--file={dump}",
                    Connection(settings)
                )
            );
            await Command.RunAsync(
                PostgresBinaries.Find()["pg_restore"],
                "--exit-on-error",
                $"--dbname={Connection(copy)}",
                dump
            );

            await ShouldServe(copy, acknowledged);
        }
        finally
        {
            File.Delete(dump);
        }
    }

    [Fact]
    public async Task The_file_of_an_idle_product_is_whole_without_its_log()
    {
        await using var silo = await SiloUnderTest.StartAsync(await files.CreateAsync());
        var path = silo.Settings.ConnectionString["Data Source=".Length..];
        ReceiptsIn(path).ShouldNotBeNull("a product that has just started has its tables in the file").ShouldBe(0);
        for (var i = 0; i < 38; i++)
            await silo.Workflow($"idle-{i}").Receive(Receipts.Of($"idle-{i}", "running"));

        await Deadline.Until(() => ReceiptsIn(path) == 38, "the log to be moved into the file");
    }

    [Fact]
    public async Task A_backup_replaces_no_file_and_leaves_none_behind_when_it_fails()
    {
        var settings = await files.CreateAsync();
        (await HostRun.ToEnd("Api", ["migrate", .. HostRun.On(settings)])).ExitCode.ShouldBe(0);
        var folder = Directory.CreateTempSubdirectory("owf-backup-");
        var existing = Path.Combine(folder.FullName, "existing");
        await File.WriteAllTextAsync(existing, "mine", Cancellation);

        var onto = await HostRun.ToEnd("Api", ["backup", $"--to={existing}", .. HostRun.On(settings)]);
        var nowhere = await HostRun.ToEnd(
            "Api",
            ["backup", "--to", Path.Combine(folder.FullName, "missing", "copy"), .. HostRun.On(settings)]
        );
        var ofNothing = await HostRun.ToEnd(
            "Api",
            ["backup", "--to", Path.Combine(folder.FullName, "copy"), .. HostRun.On(await files.CreateAsync())]
        );
        var withoutTarget = await HostRun.ToEnd("Api", ["backup", .. HostRun.On(settings)]);
        var ofPostgres = await HostRun.ToEnd(
            "Api",
            ["backup", "--to", Path.Combine(folder.FullName, "copy"), .. HostRun.On(await servers.CreateAsync())]
        );

        (onto.ExitCode, await File.ReadAllTextAsync(existing, Cancellation)).ShouldBe((1, "mine"));
        onto.Output.ShouldContain("exists already");
        nowhere.ExitCode.ShouldBe(1);
        nowhere.Output.ShouldContain("cannot be written");
        ofNothing.ExitCode.ShouldBe(1);
        ofNothing.Output.ShouldContain("there is no such file");
        withoutTarget.ExitCode.ShouldBe(1);
        withoutTarget.Output.ShouldContain("--to");
        ofPostgres.ExitCode.ShouldBe(1);
        ofPostgres.Output.ShouldContain("docs/operations/backup.md");
        folder.EnumerateFileSystemInfos().Select(static file => file.Name).ShouldBe(["existing"]);
        folder.Delete(recursive: true);
    }

    /// <summary>
    /// How many receipts a plain copy of a file alone has; null if it has no such table, or was being written.
    /// </summary>
    private static long? ReceiptsIn(string path)
    {
        var copy = path + ".copied";
        File.Copy(path, copy, overwrite: true);
        using var connection = new SqliteConnection($"Data Source={copy};Pooling=False");
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM receipt";
            return (long)command.ExecuteScalar()!;
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private static string Connection(StorageSettings settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        return $"host={connection.Host} port={connection.Port} user={connection.Username} dbname={connection.Database}"
            + (connection.Password is { } password ? $" password={password}" : "");
    }

    /// <summary>Starts an Api with its own silo and waits until it is ready.</summary>
    private static async Task<(ServiceProcess Process, HttpClient Http)> StartApi(StorageSettings settings)
    {
        var ports = FreePort.Next(3);
        var url = new Uri($"http://127.0.0.1:{ports[0]}");
        var process = HostRun.Start(
            "Api",
            [
                .. HostRun.On(settings),
                $"--urls={url}",
                $"--Cluster:SiloPort={ports[1]}",
                $"--Cluster:GatewayPort={ports[2]}",
                .. HostRun.Anonymous,
            ]
        );
        await process.WaitUntilReadyAsync(new Uri(url, "/health/ready"), Deadline.Timeout, Cancellation);
        return (process, new HttpClient(new ContractHandler()) { BaseAddress = url });
    }

    /// <summary>Does something while notifications come.</summary>
    /// <returns>The ids of the receipts that were acknowledged before.</returns>
    private static async Task<List<string>> UnderLoad(StorageSettings settings, Func<Task> work)
    {
        var (process, http) = await StartApi(settings);
        await using var api = process;
        using var client = http;
        using var ended = new CancellationTokenSource();
        var receipts = new ConcurrentQueue<string>();
        var senders = Enumerable.Range(0, 4).Select(sender => Send(client, sender, receipts, ended.Token)).ToList();
        await Deadline.Until(() => receipts.Count >= 200, "200 receipts");
        var before = receipts.ToList();

        await work();

        var during = receipts.Count;
        await Deadline.Until(() => receipts.Count > during, "receipts after it");
        await ended.CancelAsync();
        await Task.WhenAll(senders);
        return before;
    }

    private static async Task Send(
        HttpClient http,
        int sender,
        ConcurrentQueue<string> receipts,
        CancellationToken ended
    )
    {
        for (var i = 0; !ended.IsCancellationRequested; i++)
        {
            var status = (i % 3) switch
            {
                0 => "running",
                1 => "paused",
                _ => "finished",
            };
            var id = $"w{sender}-{i / 3}";
            using var content = new StringContent(
                $$"""{"workflow_id":"{{id}}","workflow_name":"Load","status":"{{status}}","actions":[]}""",
                new MediaTypeHeaderValue("application/json")
            );
            using var answer = await http.PostAsync(
                new Uri("/webhooks/airudder/workflow-status", UriKind.Relative),
                content,
                Cancellation
            );
            answer.IsSuccessStatusCode.ShouldBeTrue();
            receipts.Enqueue(answer.Headers.GetValues("X-Receipt-Id").Single());
        }
    }

    /// <summary>Starts the product on a copy: it has the receipts, takes more, and its audit is clean.</summary>
    private static async Task ShouldServe(StorageSettings copy, List<string> acknowledged)
    {
        var (process, http) = await StartApi(copy);
        await using var api = process;
        using var client = http;
        foreach (var receipt in acknowledged)
        {
            using var answer = await client.GetAsync(new Uri($"/receipts/{receipt}", UriKind.Relative), Cancellation);
            answer.IsSuccessStatusCode.ShouldBeTrue($"receipt {receipt} was acknowledged before the copy was made");
        }

        using var content = new StringContent(
            """{"workflow_id":"w0-0","workflow_name":"Load","status":"running","actions":[]}""",
            new MediaTypeHeaderValue("application/json")
        );
        using var further = await client.PostAsync(
            new Uri("/webhooks/airudder/workflow-status", UriKind.Relative),
            content,
            Cancellation
        );
        further.IsSuccessStatusCode.ShouldBeTrue(api.Output.ToString());
        var audit = await HostRun.ToEnd("Silo", ["audit", .. HostRun.On(copy)]);
        audit.ExitCode.ShouldBe(0, audit.Output);
    }
}
