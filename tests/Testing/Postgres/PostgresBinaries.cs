namespace Orleans.Workflow.Testing.Postgres;

/// <summary>The PostgreSQL server's programs on this machine.</summary>
/// <param name="Directory">Where initdb, pg_ctl and postgres lie.</param>
public sealed record PostgresBinaries(string Directory)
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The path of a program.</summary>
    public string this[string program] => Path.Combine(Directory, program);

    /// <summary>Finds the newest server that is installed.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says how to get one.</exception>
    public static PostgresBinaries Find() =>
        TryFind()
        ?? throw new InvalidOperationException(
            $"No PostgreSQL server was found in {DebianRoot}/*/bin or on the PATH. Install the Debian package "
                + "`postgresql` "
                + "(apt-get install postgresql), or name a running server by the environment variable TEST_POSTGRES "
                + "(a connection string of a user who may create databases)."
        );

    /// <summary>Finds the newest server that is installed, or null.</summary>
    public static PostgresBinaries? TryFind()
    {
        var versions = System.IO.Directory.Exists(DebianRoot) ? System.IO.Directory.GetDirectories(DebianRoot) : [];
        var installed = versions
            .Select(path =>
                (
                    Path: Path.Combine(path, "bin"),
                    Major: int.TryParse(Path.GetFileName(path), out var major) ? major : 0
                )
            )
            .OrderByDescending(version => version.Major)
            .Select(version => version.Path);
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        var directory = installed.Concat(onPath).FirstOrDefault(IsComplete);
        return directory is null ? null : new PostgresBinaries(directory);
    }

    private static bool IsComplete(string directory) =>
        File.Exists(Path.Combine(directory, "initdb"))
        && File.Exists(Path.Combine(directory, "pg_ctl"))
        && File.Exists(Path.Combine(directory, "postgres"));
}
