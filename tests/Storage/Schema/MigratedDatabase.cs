using System.Data.Common;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Sqlite;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>A database with its schema as one process sees it.</summary>
internal sealed class MigratedDatabase : IAsyncDisposable
{
    private readonly DbDataSource _dataSource;
    private readonly string _dump;

    public MigratedDatabase(StorageSettings settings)
    {
        if (settings.Provider == StorageProvider.Postgres)
        {
            var postgres = new PostgresConnections(settings, TimeProvider.System, NullLogger<PostgresConnections>.Instance);
            (_dataSource, Schema, _dump) = (postgres, new PostgresSchema(postgres, settings, NullLogger<PostgresSchema>.Instance), PostgresDump);
        }
        else
        {
            var sqlite = new SqliteDataSource(settings.ConnectionString);
            (_dataSource, Schema, _dump) = (sqlite, new SqliteSchema(sqlite, NullLogger<SqliteSchema>.Instance), SqliteDump);
        }
    }

    private const string SqliteDump =
        """
        SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1
        """;

    private const string PostgresDump =
        """
        SELECT line FROM (
          SELECT format('table %s %s', c.relname, c.reloptions) FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
          UNION ALL
          SELECT format('column %s.%s %s %s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.attcollation::regcollation, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped
          UNION ALL
          SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
          UNION ALL
          SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
          UNION ALL
          SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
          UNION ALL
          SELECT format('sequence %s', sequencename) FROM pg_sequences WHERE schemaname = 'public'
          UNION ALL
          SELECT format('trigger %s %s', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
        ) AS lines (line)
        ORDER BY line COLLATE "C"
        """;

    /// <summary>The schema.</summary>
    public ISchema Schema { get; }

    /// <summary>Runs a statement.</summary>
    public Task Execute(string sql) => Lines(sql);

    /// <summary>The schema and the queries and versions that it brings, as text.</summary>
    public async Task<string> Dump()
    {
        var text = new StringBuilder().AppendJoin('\n', await Lines(_dump));
        if (text.ToString().Contains("orleansquery", StringComparison.Ordinal))
        {
            text.Append('\n').AppendJoin('\n', await Lines("SELECT querykey || ': ' || querytext FROM orleansquery ORDER BY querykey"));
            text.Append('\n').AppendJoin('\n', await Lines("SELECT name FROM schema_version ORDER BY number"));
        }

        return text.ToString();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    public async Task<List<string>> Lines(string sql)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));

        return lines;
    }
}
