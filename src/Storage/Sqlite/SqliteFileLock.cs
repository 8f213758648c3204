namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Lets one process at a time use a SQLite file: two would be two clusters that take each other's grains for their own.
/// The operating system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock; the folder is made if it is missing.</summary>
    /// <exception cref="DatabaseUnavailableException">Another process has it, or it can't be made.</exception>
    public SqliteFileLock(string connectionString)
    {
        var path = SqliteFile.PathOf(connectionString);
        try
        {
            if (Path.GetDirectoryName(path) is { } folder)
                Directory.CreateDirectory(folder);

            _file = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            throw new DatabaseUnavailableException(
                $"The database {path} is in use by another process (its lock is {path}.lock). Stop that "
                    + "process, or give this one another file with ConnectionStrings:Workflows, or use PostgreSQL "
                    + "for more than one process.",
                exception
            );
        }
        catch (Exception exception) when (SqliteFile.Explain(path, exception) is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows.</summary>
    private static bool IsTaken(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
