namespace Orleans.Workflow.Storage.Migrations;

/// <summary>The schema of the database that the process is configured for.</summary>
public interface ISchema
{
    /// <summary>Applies every script that is missing, in one transaction and under a lock.</summary>
    /// <returns>The names of the scripts applied.</returns>
    /// <exception cref="SchemaTooOldException">It is older than this program can upgrade.</exception>
    Task<IReadOnlyList<string>> Migrate(CancellationToken cancellationToken);

    /// <summary>Checks that the schema is as new as this program.</summary>
    /// <exception cref="SchemaTooOldException">It is older.</exception>
    /// <exception cref="DatabaseUnavailableException">It can't be used for another reason.</exception>
    Task Check(CancellationToken cancellationToken);

    /// <summary>
    /// The statements that give a role, which does not own the tables, what the service needs; none where there are no
    /// roles.
    /// </summary>
    /// <param name="role">The role.</param>
    /// <param name="apply">Whether they are run too.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<string>> WriteGrants(string role, bool apply, CancellationToken cancellationToken);
}

/// <summary>The schema of the database is older than the program needs.</summary>
public sealed class SchemaTooOldException : Exception
{
    /// <summary>Says that the schema is too old.</summary>
    public SchemaTooOldException()
        : this("The schema of the database is too old.") { }

    /// <summary>Says which schema is too old.</summary>
    public SchemaTooOldException(string message)
        : base(message) { }

    /// <summary>Says which schema is too old, with what caused it.</summary>
    public SchemaTooOldException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Says what is there, what is needed, and the remedy.</summary>
    /// <param name="found">The number of the schema; 0 if there is none.</param>
    /// <param name="needed">The number that the program needs.</param>
    /// <param name="oldest">The lowest number that the program can upgrade.</param>
    internal static SchemaTooOldException Of(int found, int needed, int oldest) =>
        new(
            found > 0 && found < oldest
                ? $"The schema of the database is at {found}. This program needs {needed} and can upgrade only "
                    + $"from {oldest} on. "
                    + "Run migrate of a build before 2026-12 first, then migrate of this one."
                : $"The schema of the database is at {found}, this program needs {needed}. Apply the scripts with: "
                    + "dotnet run --project src/Silo -- migrate (in a container: dotnet "
                    + "Orleans.Workflow.Silo.dll migrate), "
                    + "with the same settings."
        );
}
