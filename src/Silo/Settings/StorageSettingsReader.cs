using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Silo.Settings;

/// <summary>Reads the section <c>Storage</c> and the connection string.</summary>
public static class StorageSettingsReader
{
    private const string ConnectionStringKey = "ConnectionStrings:Workflows";

    /// <summary>Reads where everything is stored.</summary>
    public static StorageSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown(
            "Storage", "Provider", "Lanes", "LargestBatch", "MostWaiting", "MostWaitingOfWorkflow", "TransactionPooling",
            "PasswordFile");
        var provider = reader.Word("Storage:Provider", StorageProvider.Sqlite);
        return new StorageSettings(
            provider,
            ConnectionString(reader, provider),
            reader.Number("Storage:Lanes", 1, 1, 32),
            reader.Number("Storage:LargestBatch", 256, 1, 4096),
            reader.Number("Storage:MostWaiting", 4096, 1, 1_000_000),
            reader.Number("Storage:MostWaitingOfWorkflow", 1024, 1, 1_000_000),
            reader.Number("Retention:Rejected:Most", 10_000, 1, 1_000_000_000),
            reader.Number("Retention:Rejected:MaxBytes", 256 * 1024 * 1024, 0, int.MaxValue))
        {
            PoolsTransactions = TransactionPooling(reader, provider),
            PasswordFile = PasswordFile(reader, provider),
        };
    }

    private static bool TransactionPooling(SettingsReader reader, StorageProvider provider)
    {
        const string Key = "Storage:TransactionPooling";
        return PostgresOnly(reader, provider, Key, reader.Switch(Key, false));
    }

    private static string? PasswordFile(SettingsReader reader, StorageProvider provider)
    {
        const string Key = "Storage:PasswordFile";
        if (reader.Text(Key) is not { } path)
            return null;

        PostgresOnly(reader, provider, Key, true);
        if (!File.Exists(path))
        {
            reader.Error(
                $"{Key} is '{path}', which is not a file; it must be a file that holds the password of PostgreSQL's role.");
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
        var text = reader.Text(ConnectionStringKey);
        if (text is null && provider == StorageProvider.Sqlite)
            return "Data Source=workflows.db";

        if (text is null)
        {
            reader.Error($"{ConnectionStringKey} is not set; with Storage:Provider=Postgres it must be a connection string such as 'Host=localhost;Database=workflows;Username=workflows'.");
            return string.Empty;
        }

        try
        {
            DbConnectionStringBuilder builder = provider == StorageProvider.Postgres
                ? new NpgsqlConnectionStringBuilder(text)
                : new SqliteConnectionStringBuilder(text);
            Check(reader, builder);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            // The message names the keyword, not the value: no password is told.
            reader.Error($"{ConnectionStringKey} is not a connection string for {provider}: {exception.Message}");
        }

        return text;
    }

    private static void Check(SettingsReader reader, DbConnectionStringBuilder builder)
    {
        if (builder is SqliteConnectionStringBuilder sqlite
            && (sqlite.Mode == SqliteOpenMode.Memory || string.IsNullOrEmpty(sqlite.DataSource) || sqlite.DataSource == ":memory:"))
        {
            reader.Error($"{ConnectionStringKey} names no file; an answer 200 promises that a notification is durable. Use for example 'Data Source=workflows.db'.");
        }

        if (builder is not NpgsqlConnectionStringBuilder postgres)
            return;

        if (!string.IsNullOrEmpty(postgres.Password) && reader.Text("Storage:PasswordFile") is not null)
            reader.Error($"Storage:PasswordFile is set and {ConnectionStringKey} holds a password; use one of them.");

        // Keywords that exclude each other are found when a data source is made.
        if (!string.IsNullOrEmpty(postgres.Host))
            new NpgsqlDataSourceBuilder(postgres.ConnectionString).Build().Dispose();
        else
            reader.Error($"{ConnectionStringKey} names no server; add for example 'Host=localhost'.");
    }
}
