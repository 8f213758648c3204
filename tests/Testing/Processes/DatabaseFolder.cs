namespace Orleans.Workflow.Testing.Processes;

/// <summary>
/// Folders for databases: below the folder that the environment variable TEST_DATABASES names, else below that of
/// temporary files.
/// </summary>
// test.sh names one in memory. The databases call fsync there as on a disk, and no test takes power from the machine.
public static class DatabaseFolder
{
    /// <summary>Makes an empty folder.</summary>
    /// <param name="prefix">What its name begins with.</param>
    public static string Create(string prefix)
    {
        if (Environment.GetEnvironmentVariable("TEST_DATABASES") is not { Length: > 0 } parent)
            return Directory.CreateTempSubdirectory(prefix).FullName;

        return Directory.CreateDirectory(Path.Combine(parent, prefix + Path.GetRandomFileName())).FullName;
    }
}
