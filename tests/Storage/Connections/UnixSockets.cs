using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A PostgreSQL that is reached by a Unix socket.</summary>
public sealed class UnixSockets(PostgresDatabases databases)
{
    [Fact]
    public async Task Notifications_are_stored_over_a_Unix_socket()
    {
        var direct = await databases.CreateAsync();
        await using var administration = NpgsqlDataSource.Create(direct.ConnectionString);
        await using var command = administration.CreateCommand("SELECT current_setting('unix_socket_directories')");
        var directories = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        var socket = new NpgsqlConnectionStringBuilder(direct.ConnectionString)
        {
            Host = directories.Split(',')[0].Trim(),
        };

        await using var silo = await SiloUnderTest.StartAsync(
            direct with
            {
                ConnectionString = socket.ConnectionString,
            }
        );
        (await silo.Workflow("w").Receive(Receipts.Of("w", "running")).InTime()).Version.ShouldBe(1);
    }
}
