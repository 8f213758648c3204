namespace Orleans.Workflow.Storage;

/// <summary>
/// The database can't be used as it is configured. The message is for the operator: what, why, and what to do.
/// </summary>
public sealed class DatabaseUnavailableException : Exception
{
    /// <summary>Says that the database can't be used.</summary>
    public DatabaseUnavailableException()
        : this("The database cannot be used.") { }

    /// <summary>Says why the database can't be used.</summary>
    public DatabaseUnavailableException(string message)
        : base(message) { }

    /// <summary>Says why the database can't be used, with what caused it.</summary>
    public DatabaseUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
