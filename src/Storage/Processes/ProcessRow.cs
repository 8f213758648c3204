namespace Orleans.Workflow.Storage.Processes;

/// <summary>What a process does. The numbers are stored.</summary>
public enum ProcessKind
{
    /// <summary>HTTP alone; the grains live in silos.</summary>
    Api = 0,

    /// <summary>Grains alone.</summary>
    Silo = 1,

    /// <summary>HTTP with a silo of its own.</summary>
    ApiWithSilo = 2,
}

/// <summary>What a process says of itself.</summary>
/// <param name="Name">Names its place: what is started there again writes the same row.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Figures">What it measures, as JSON.</param>
public sealed record ProcessRow(
    string Name,
    ProcessKind Kind,
    string Version,
    DateTimeOffset StartedAt,
    string Figures
);

/// <summary>A stored row of a process.</summary>
/// <param name="Row">What it says.</param>
/// <param name="Age">How long ago it was written, by the clock of the database.</param>
public sealed record ReportedProcess(ProcessRow Row, TimeSpan Age);
