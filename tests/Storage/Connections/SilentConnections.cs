using System.Diagnostics;
using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A silo whose connections to PostgreSQL fall silent while they are idle.</summary>
public sealed class SilentConnections(PostgresDatabases databases, ITestOutputHelper output)
{
    /// <summary>Far below the time-out of a statement, 10 s; the machine may be busy.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task The_first_notification_after_the_silence_is_acknowledged_soon()
    {
        await using var proxy = Proxy(out var settings, await databases.CreateAsync());
        await using var silo = await SiloUnderTest.StartAsync(settings);
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();

        await BeIdle();
        proxy.Silence();
        var start = Stopwatch.GetTimestamp();
        var answer = await silo.Workflow("w").Receive(Receipts.Of("w", "closed")).InTime();
        var took = Stopwatch.GetElapsedTime(start);

        output.WriteLine($"acknowledged after {took.TotalSeconds:0.00} s");
        answer.Version.ShouldBe(2);
        took.ShouldBeLessThan(Soon);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = 'w'")).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_reads_after_the_silence_are_answered_soon()
    {
        await using var proxy = Proxy(out var settings, await databases.CreateAsync());
        await using var silo = await SiloUnderTest.StartAsync(settings);
        await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime();

        // Several connections, so that several are silent.
        await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => silo.Number("SELECT count(*) FROM receipt, pg_sleep(0.2)"))
            )
            .InTime();

        await BeIdle();
        proxy.Silence();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => silo.Workflow($"unknown {number}").GetState()))
            .InTime();
        (
            await silo.ReadModel.ListWorkflows(new(), default, null, 10, CancellationToken.None).InTime()
        ).Items.Length.ShouldBe(1);
        var took = Stopwatch.GetElapsedTime(start);

        output.WriteLine($"answered after {took.TotalSeconds:0.00} s");
        took.ShouldBeLessThan(Soon);
    }

    private static SilencingProxy Proxy(out StorageSettings settings, StorageSettings direct)
    {
        var connection = new NpgsqlConnectionStringBuilder(direct.ConnectionString);
        var proxy = new SilencingProxy(connection.Host!, connection.Port);
        connection.Host = "127.0.0.1";
        connection.Port = proxy.Port;
        connection.SslMode = SslMode.Disable;
        connection.GssEncryptionMode = GssEncryptionMode.Disable;
        settings = direct with { ConnectionString = connection.ConnectionString };
        return proxy;
    }

    /// <summary>Longer than a connection may be idle without being asked; nothing is awaited but time.</summary>
    private static Task BeIdle() => Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
}
