using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>The file of a SQLite database, and in plain words why it can't be used.</summary>
internal static class SqliteFile
{
    private const string NoRights =
        "this user may not write it, its folder, or the files beside it (-wal and -shm), or the file system is "
        + "read-only";

    /// <summary>The whole path of the file that a connection string names.</summary>
    public static string PathOf(string connectionString) =>
        Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);

    /// <summary>
    /// Why the file can't be used; null for an error that neither a setting nor the file system causes.
    /// </summary>
    public static DatabaseUnavailableException? Explain(string path, Exception exception)
    {
        var reason = exception switch
        {
            SqliteException { SqliteErrorCode: 14 } when Directory.Exists(path) => "it is a folder",
            SqliteException { SqliteErrorCode: 14 } when !File.Exists(path) => "there is no such file",
            SqliteException { SqliteErrorCode: 3 or 8 or 14 or 23 } => NoRights,
            SqliteException { SqliteErrorCode: 5 or 6 } => "another process has locked it",
            SqliteException { SqliteErrorCode: 10 } => $"it can't be read or written ({exception.Message})",
            SqliteException { SqliteErrorCode: 11 } => "it is damaged",
            SqliteException { SqliteErrorCode: 13 } => "the disk is full",
            SqliteException { SqliteErrorCode: 26 } => "it is not a SQLite database",
            IOException or UnauthorizedAccessException => exception.Message.TrimEnd('.'),
            _ => null,
        };
        if (reason is null)
            return null;

        return new DatabaseUnavailableException(
            $"The database {path} cannot be used: {reason}. Set ConnectionStrings:Workflows to a file that the user "
                + $"'{Environment.UserName}' may write, in a folder that it may write, for example "
                + "'Data Source=/var/lib/orleans-workflow/workflows.db'.",
            exception
        );
    }
}
