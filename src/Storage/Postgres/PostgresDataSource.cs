using System.Data.Common;
using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>The one data source of a process: grain storage, clustering and read model share its pool.</summary>
internal static class PostgresDataSource
{
    /// <summary>Makes the data source; what the connection string says itself stays.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Max Auto Prepare", 20);
        Default("Auto Prepare Min Usages", 2);
        Default("Maximum Pool Size", 40);
        Default("Command Timeout", 10);
        Default("Timeout", 5);
        Default("Application Name", "orleans-workflow");

        // Pages of the feed and of receipts are hundreds of kilobytes.
        Default("Read Buffer Size", 65536);

        // A batch of wide workflows is hundreds of kilobytes too.
        Default("Write Buffer Size", 65536);

        // No session is ever left changed: resetting each on its way back to the pool would cost more statements than the commit.
        Default("No Reset On Close", true);

        // The commit's arrays would be planned again for each batch; one plan serves them all. It must also serve when the tables
        // have grown since it was made, so it never reads a table from end to end where an index serves. A plan that does not know the
        // values expects more rows of a page than there are, or fewer: nor does it start workers for them, or gather and sort what an index
        // has in order.
        Default("Options", "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_bitmapscan=off -c max_parallel_workers_per_gather=0");

        // Its metrics bear the name; without one, the connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "workflows" };
        CommitParameters.Map(builder);
        return builder.Build();

        void Default(string keyword, object value)
        {
            if (!given.ContainsKey(keyword))
                settings[keyword] = value;
        }
    }
}
