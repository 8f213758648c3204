using System.Collections.Immutable;
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
    /// <summary>The codes that operators look for. Each is shown with 0 before it comes.</summary>
    public static readonly ImmutableArray<string> KnownCodes =
    [
        "25006",
        "53100",
        "53300",
        "57014",
        "57P01",
        "57P03",
        "sqlite_busy",
        "sqlite_corrupt",
        "sqlite_full",
        "sqlite_ioerr",
        "sqlite_readonly",
        Timeout,
        Unconfirmed,
        Unreachable,
        ConnectionLost,
    ];

    private const string Timeout = "timeout";
    private const string Unconfirmed = "unconfirmed";
    private const string Unreachable = "unreachable";
    private const string ConnectionLost = "connection_lost";

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

    /// <summary>
    /// The code of a failure as the metrics have it: the SQLSTATE, or a short name that stays the same.
    /// </summary>
    public static string CodeOf(Exception exception) =>
        exception switch
        {
            DatabaseUnreachableException => Unreachable,
            OtherDatabaseException => "other_database",
            UnconfirmedCommitException => Unconfirmed,
            PostgresException postgres => postgres.SqlState,
            SqliteException sqlite => CodeOf(sqlite.SqliteErrorCode),
            TimeoutException or OperationCanceledException => Timeout,
            SocketException => Unreachable,
            { InnerException: { } inner } => CodeOf(inner),
            NpgsqlException or IOException => ConnectionLost,
            // As the semantic conventions of OpenTelemetry have it.
            _ => "_OTHER",
        };

    private static string CodeOf(int sqliteCode) =>
        sqliteCode switch
        {
            5 or 6 => "sqlite_busy",
            8 => "sqlite_readonly",
            10 => "sqlite_ioerr",
            11 or 26 => "sqlite_corrupt",
            13 => "sqlite_full",
            14 => "sqlite_cantopen",
            19 => "sqlite_constraint",
            _ => "sqlite_error",
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
