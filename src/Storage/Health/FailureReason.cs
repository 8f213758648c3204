using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Storage.Postgres;

namespace Orleans.Workflow.Storage.Health;

/// <summary>
/// Says why a database failed in words of this product. A driver's own message may hold names of hosts and users, and
/// these words are in the public answer of readiness.
/// </summary>
public static class FailureReason
{
    /// <summary>The reason behind an exception.</summary>
    public static string Of(Exception exception) =>
        exception switch
        {
            DatabaseUnreachableException unreachable => unreachable.Reason,
            OtherDatabaseException => "another database has taken over",
            UnconfirmedCommitException => "a synchronous standby does not confirm commits",
            PostgresException postgres => $"{Of(postgres.SqlState)} (SQLSTATE {postgres.SqlState})",
            SqliteException sqlite => $"{Of(sqlite.SqliteErrorCode)} (SQLite error {sqlite.SqliteExtendedErrorCode})",
            TimeoutException or OperationCanceledException => "the database does not answer in time",
            SocketException => "the database cannot be reached",
            { InnerException: { } inner } => Of(inner),
            NpgsqlException or IOException => "the connection to the database was lost",
            _ => $"the database failed ({exception.GetType().Name})",
        };

    private static string Of(string sqlState) =>
        sqlState switch
        {
            "25006" => "the database is read-only",
            "42501" => "the role of the database may not do it",
            "53100" => "the disk of the database is full",
            "53300" => "the database has no connection left",
            "3D000" => "the database does not exist",
            "57014" => "the database does not answer in time",
            ['2', '8', ..] => "the database refuses the log-in",
            ['5', '3', ..] => "the database lacks resources",
            ['5', '7', 'P', ..] => "the database is starting or stopping",
            ['5', '8', ..] => "the database has an error of its system",
            _ => "the database refuses the statement",
        };

    private static string Of(int sqliteCode) =>
        sqliteCode switch
        {
            5 or 6 => "the database file is locked",
            8 => "the database is read-only",
            10 => "the database file cannot be read or written",
            11 or 26 => "the database file is damaged",
            13 => "the disk of the database is full",
            14 => "the database file cannot be opened",
            _ => "the database refuses the statement",
        };
}
