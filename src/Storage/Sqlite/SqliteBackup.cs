using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Copies a SQLite file by SQLite's own backup, in one read transaction: with a write-ahead log readers and the writer
/// don't wait for each other, so the process that has the file for itself continues its work.
/// </summary>
public sealed class SqliteBackup(DbDataSource source)
{
    /// <summary>
    /// Writes a copy of one moment: everything that was committed before the call, and no half of a commit.
    /// </summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <returns>The path of the copy, and its size in bytes.</returns>
    /// <exception cref="DatabaseUnavailableException">The database can't be read, or the copy can't be
    /// written.</exception>
    public (string Path, long Bytes) Write(string path)
    {
        path = Path.GetFullPath(path);
        var partial = path + ".partial";
        if (Path.Exists(path))
            throw new DatabaseUnavailableException(
                $"{path} exists already; a backup replaces nothing. Give --to a new name."
            );

        try
        {
            // What a backup that was killed has left is replaced.
            File.Delete(partial);
            Create(partial);
            try
            {
                Copy(partial);
                Flush(partial);
                File.Move(partial, path);
            }
            finally
            {
                File.Delete(partial);
            }

            return (path, new FileInfo(path).Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(
                $"The backup {path} cannot be written: {exception.Message}",
                exception
            );
        }
    }

    private static void Create(string path)
    {
        // Bodies hold personal data: the copy is for its owner only.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        new FileStream(path, options).Dispose();
    }

    private void Copy(string partial)
    {
        using var from = Open();
        using var to = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = partial, Pooling = false }.ConnectionString
        );
        try
        {
            to.Open();
            from.BackupDatabase(to);

            // What happens on the copy is another history than what happens on the original: readers of the feed must
            // notice.
            if (Run(to, "SELECT name FROM sqlite_master WHERE name = 'change_epoch'") is not null)
                Run(to, "UPDATE change_epoch SET id = lower(hex(randomblob(16)))");

            // A file alone, without a log beside it, is what is carried elsewhere.
            Run(to, "PRAGMA journal_mode = DELETE");
            if (Run(to, "PRAGMA quick_check(1)") is var found and not "ok")
            {
                throw new DatabaseUnavailableException(
                    $"The copy {partial} is damaged ({found}), and most likely so is the database {from.DataSource}."
                );
            }
        }
        catch (SqliteException exception)
        {
            throw new DatabaseUnavailableException(
                $"The database {from.DataSource} could not be copied to {partial}: {exception.Message}",
                exception
            );
        }
    }

    private SqliteConnection Open()
    {
        try
        {
            return (SqliteConnection)source.OpenConnection();
        }
        catch (SqliteException exception)
        {
            throw SqliteFile.Explain(SqliteFile.PathOf(source.ConnectionString), exception)
                ?? new DatabaseUnavailableException($"The database cannot be opened: {exception.Message}", exception);
        }
    }

    private static string? Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar() as string;
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
