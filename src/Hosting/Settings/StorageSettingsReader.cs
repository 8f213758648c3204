using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Reads the section <c>Storage</c> and the connection string.</summary>
public static class StorageSettingsReader
{
    private const string ConnectionStringKey = "ConnectionStrings:Workflows";

    /// <summary>Reads where everything is stored.</summary>
    public static StorageSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var provider = reader.Word(
            "Storage:Provider",
            StorageProvider.Sqlite,
            "`Sqlite`: one file, one process. `Postgres`: PostgreSQL 15 or later."
        );
        return new StorageSettings(
            provider,
            ConnectionString(reader, provider),
            reader.Number(
                "Storage:CommitConcurrency",
                1,
                1,
                32,
                "batches",
                "How many batches PostgreSQL works on side by side. More pay off if it has processors to spare."
            ),
            reader.Number(
                "Storage:MaxBatch",
                256,
                1,
                4096,
                "grains",
                "How many grains one transaction writes at most, together up to 8 MiB. On PostgreSQL it may be 16 "
                    + "times as many while commits take longer than 50 ms."
            ),
            reader.Number(
                "Storage:MaxWaiting",
                4096,
                1,
                1_000_000,
                "workflows",
                "How many workflows, and nodes with facts, may wait in a silo to be written, and as many workflows to "
                    + "be read. More is answered 429."
            ),
            reader.Number(
                "Storage:MaxWaitingOfWorkflow",
                1024,
                1,
                1_000_000,
                "notifications",
                "How many notifications of one workflow may wait, together up to 64 MiB. More is answered 429."
            ),
            reader.Number(
                "Retention:Rejected:Max",
                10_000,
                1,
                1_000_000_000,
                "requests",
                "How many refused requests of sources are kept; of strangers a tenth of it besides."
            ),
            reader.Number(
                "Retention:Rejected:MaxBytes",
                256 * 1024 * 1024,
                0,
                int.MaxValue,
                "bytes",
                "How large the bodies of refused requests are together. Beyond it the oldest bodies are removed."
            )
        )
        {
            PoolsTransactions = TransactionPooling(reader, provider),
            PasswordFile = PasswordFile(reader, provider),
        };
    }

    private static bool TransactionPooling(SettingsReader reader, StorageProvider provider)
    {
        const string Key = "Storage:TransactionPooling";
        const string Meaning =
            "Set it if PgBouncer with transaction pooling, or something like it, is in front of PostgreSQL. See "
            + "[database.md](operations/database.md#pgbouncer).";
        return PostgresOnly(reader, provider, Key, reader.Switch(Key, false, Meaning));
    }

    private static string? PasswordFile(SettingsReader reader, StorageProvider provider)
    {
        const string Key = "Storage:PasswordFile";
        const string Meaning =
            "A file with the password of PostgreSQL's role, which is read again for each new connection.";
        if (reader.Text(Key, Meaning, "a file that exists") is not { } path)
            return null;

        PostgresOnly(reader, provider, Key, true);
        if (!File.Exists(path))
        {
            reader.Error(
                $"{Key} is '{path}', which is not a file; it must be a file that holds the password of "
                    + "PostgreSQL's role."
            );
        }

        return path;
    }

    private static bool PostgresOnly(SettingsReader reader, StorageProvider provider, string key, bool isSet)
    {
        if (isSet && provider != StorageProvider.Postgres)
            reader.Error($"{key} is set and Storage:Provider is {provider}; it is for PostgreSQL only.");

        return isSet;
    }

    private static string ConnectionString(SettingsReader reader, StorageProvider provider)
    {
        const string OfSqlite = "Data Source=workflows.db";
        reader.Describe(
            new Setting(
                ConnectionStringKey,
                "The database. It must be set with PostgreSQL.",
                "a connection string of Microsoft.Data.Sqlite or Npgsql",
                OfSqlite
            )
        );
        var text = reader.Value(ConnectionStringKey);
        if (text is null && provider == StorageProvider.Sqlite)
            return OfSqlite;

        if (text is null)
        {
            reader.Error(
                $"{ConnectionStringKey} is not set; with Storage:Provider=Postgres it must be a connection "
                    + "string such as 'Host=localhost;Database=workflows;Username=workflows'."
            );
            return string.Empty;
        }

        try
        {
            DbConnectionStringBuilder builder =
                provider == StorageProvider.Postgres
                    ? new NpgsqlConnectionStringBuilder(text)
                    : new SqliteConnectionStringBuilder(text);
            Check(reader, builder);
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            // The message names the keyword, not the value: it contains no password.
            reader.Error($"{ConnectionStringKey} is not a connection string for {provider}: {exception.Message}");
        }

        return text;
    }

    private static void Check(SettingsReader reader, DbConnectionStringBuilder builder)
    {
        if (
            builder is SqliteConnectionStringBuilder sqlite
            && (
                sqlite.Mode == SqliteOpenMode.Memory
                || string.IsNullOrEmpty(sqlite.DataSource)
                || sqlite.DataSource == ":memory:"
            )
        )
        {
            reader.Error(
                $"{ConnectionStringKey} names no file; an answer 200 promises that a notification is durable. "
                    + "Use for example 'Data Source=workflows.db'."
            );
        }

        if (builder is not NpgsqlConnectionStringBuilder postgres)
            return;

        if (!string.IsNullOrEmpty(postgres.Password) && reader.Value("Storage:PasswordFile") is not null)
            reader.Error($"Storage:PasswordFile is set and {ConnectionStringKey} holds a password; use one of them.");

        // Keywords that exclude each other are found when a data source is made.
        if (!string.IsNullOrEmpty(postgres.Host))
            new NpgsqlDataSourceBuilder(postgres.ConnectionString).Build().Dispose();
        else
            reader.Error($"{ConnectionStringKey} names no server; add for example 'Host=localhost'.");
    }
}
