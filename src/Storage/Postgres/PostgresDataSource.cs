using System.Data.Common;
using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>The one data source of a process: grain storage, clustering and read model share its pool.</summary>
internal static class PostgresDataSource
{
    /// <summary>Makes the data source; what the connection string says itself stays.</summary>
    /// <param name="storage">The settings.</param>
    /// <param name="onOpened">Is called for each connection that was opened, not for those that the pool gives
    /// again.</param>
    public static NpgsqlDataSource Create(StorageSettings storage, Action? onOpened = null)
    {
        var connectionString = storage.ConnectionString;
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Max Auto Prepare", storage.PoolsTransactions ? 0 : 20);
        Default("Auto Prepare Min Usages", 2);
        Default("Maximum Pool Size", 40);
        Default("Command Timeout", 10);
        Default("Timeout", 5);
        Default("Application Name", "orleans-workflow");

        // A network that drops an idle connection does not say so. The system finds those in the pool, and one that is
        // about to be used is asked first (PostgresConnections). A server that does not answer is not waited for a
        // second time.
        Default("Cancellation Timeout", 500);
        if (!IsUnixSocket(settings.Host))
        {
            // A Unix socket refuses these options, and with them the connection.
            Default("Tcp Keepalive", true);
            Default("Tcp Keepalive Time", 5);
            Default("Tcp Keepalive Interval", 1);
        }

        // Pages of the feed and of receipts are hundreds of kilobytes.
        Default("Read Buffer Size", 65536);

        // A batch of wide workflows is hundreds of kilobytes too.
        Default("Write Buffer Size", 65536);

        // No session is ever left changed: resetting each on its way back to the pool would cost more statements than
        // the commit.
        Default("No Reset On Close", true);

        // The commit's arrays would be planned again for each batch; one plan serves them all. It must also serve when
        // the tables have grown since it was made, so it never reads a table from end to end where an index serves. A
        // plan that does not know the values expects more rows of a page than there are, or fewer: it does not start
        // workers for them, and does not gather and sort what an index has in order. That a standby has not confirmed a
        // commit is said by a warning. Of one connection of a pooler, the next transaction would know nothing.
        if (!storage.PoolsTransactions)
        {
            Default(
                "Options",
                "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_bitmapscan=off "
                    + "-c max_parallel_workers_per_gather=0 -c client_min_messages=warning"
            );
        }

        return Build(settings.ConnectionString, storage, onOpened);

        // A folder, or an abstract name; of several hosts, one that is one is enough.
        static bool IsUnixSocket(string? hosts) => hosts is not null && hosts.AsSpan().ContainsAny('/', '@');

        void Default(string keyword, object value)
        {
            if (!given.ContainsKey(keyword))
                settings[keyword] = value;
        }
    }

    private static NpgsqlDataSource Build(string connectionString, StorageSettings storage, Action? onOpened)
    {
        // Its metrics bear the name; without one, the connection string.
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = "workflows" };
        if (storage.PasswordFile is { } file)
        {
            builder.UsePasswordProvider(
                _ => WithoutEnd(File.ReadAllText(file)),
                async (_, cancellation) => WithoutEnd(await File.ReadAllTextAsync(file, cancellation))
            );
        }

        if (onOpened is not null)
        {
            builder.UsePhysicalConnectionInitializer(
                _ => onOpened(),
                _ =>
                {
                    onOpened();
                    return Task.CompletedTask;
                }
            );
        }

        return builder.Build();

        static string WithoutEnd(string text) => text.TrimEnd('\r', '\n');
    }
}
