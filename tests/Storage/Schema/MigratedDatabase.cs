using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Sqlite;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>A database with its schema as one process sees it.</summary>
internal sealed partial class MigratedDatabase : IAsyncDisposable
{
    private readonly DbDataSource _dataSource;
    private readonly string _dump;

    // The text of a statement in SQLite is the one that made the object: without comments, quotes and line breaks it
    // is the same for a table that was renamed, or that a column was added to.
    private readonly Regex? _layout;

    public MigratedDatabase(StorageSettings settings)
    {
        if (settings.Provider == StorageProvider.Postgres)
        {
            var postgres = new PostgresConnections(
                settings,
                TimeProvider.System,
                NullLogger<PostgresConnections>.Instance
            );
            (_dataSource, Schema, _dump) = (
                postgres,
                new PostgresSchema(postgres, settings, NullLogger<PostgresSchema>.Instance),
                PostgresDump
            );
        }
        else
        {
            var sqlite = new SqliteDataSource(settings.ConnectionString);
            (_dataSource, Schema, _dump) = (
                sqlite,
                new SqliteSchema(sqlite, NullLogger<SqliteSchema>.Instance),
                SqliteDump
            );
            _layout = SqlLayout();
        }
    }

    private const string SqliteDump = """
        SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '')
        FROM sqlite_master ORDER BY type, name
        """;

    // Columns by name: their order may differ, as nothing reads them by position.
    private const string PostgresDump = """
        SELECT line FROM (
          SELECT format('table %s %s %s', c.relname, c.relkind, c.reloptions) FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'S')
          UNION ALL
          SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public'
          UNION ALL
          SELECT format('column %s.%s %s %s %s %s %s %s', a.attrelid::regclass, a.attname,
              format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation, a.attcompression,
              a.attidentity, pg_get_expr(d.adbin, d.adrelid))
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped
          UNION ALL
          SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
          UNION ALL
          SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
          UNION ALL
          SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
          UNION ALL
          SELECT format('sequence %s %s %s %s', sequencename, data_type, increment_by, cache_size) FROM pg_sequences
            WHERE schemaname = 'public'
          UNION ALL
          SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
        ) AS lines (line)
        ORDER BY line COLLATE "C"
        """;

    /// <summary>The schema.</summary>
    public ISchema Schema { get; }

    /// <summary>Runs a statement.</summary>
    public Task Execute(string sql) => Lines(sql);

    /// <summary>The schema and the queries that it brings, as text.</summary>
    public async Task<string> Dump()
    {
        var lines = await Lines(_dump);
        if (_layout is not null)
            lines = [.. lines.Select(line => _layout.Replace(line, "${mark} "))];

        if (lines.Exists(static line => line.Contains("orleansquery", StringComparison.Ordinal)))
            lines.AddRange(await Lines("SELECT querykey || ': ' || querytext FROM orleansquery ORDER BY querykey"));

        return string.Join('\n', lines);
    }

    /// <summary>Lets the database appear to be at the schema before the last.</summary>
    /// <returns>The numbers of that schema and of the last.</returns>
    public async Task<(int Found, int Needed)> ForgetLastScript()
    {
        var numbers = await Numbers();
        await Execute($"DELETE FROM schema_version WHERE number = {numbers[^1]}");
        return (numbers[^2], numbers[^1]);
    }

    /// <summary>The numbers of the scripts that were applied, ascending.</summary>
    public async Task<List<int>> Numbers() =>
        [.. (await Lines("SELECT CAST(number AS text) FROM schema_version")).Select(int.Parse).Order()];

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

    [GeneratedRegex("""(--.*|"|\s)*(?<mark>[,()])(--.*|"|\s)*|(--.*|"|\s)+""")]
    private static partial Regex SqlLayout();
}
