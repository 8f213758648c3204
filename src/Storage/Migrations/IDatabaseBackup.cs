namespace Orleans.Workflow.Storage.Migrations;

/// <summary>Copies the whole database while others work on it.</summary>
public interface IDatabaseBackup
{
    /// <summary>Writes a copy of one moment: everything that was committed before the call, and no half of a commit.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <returns>The path of the copy, and its size in bytes.</returns>
    /// <exception cref="DatabaseUnavailableException">The database can't be read, or the copy can't be written.</exception>
    (string Path, long Bytes) Write(string path);
}
