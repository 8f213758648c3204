using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Hosting.Telemetry;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>What this process is, and what it measures now.</summary>
public sealed class OwnProcess
{
    private readonly IApiFigures? _api;
    private readonly IWriteAdmission? _commits;
    private readonly DateTimeOffset _startedAt;

    /// <summary>Finds out what the process is.</summary>
    public OwnProcess(
        HostSettings settings,
        IConfiguration configuration,
        TimeProvider time,
        IApiFigures? api = null,
        IWriteAdmission? commits = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(time);
        (_api, _commits, _startedAt) = (api, commits, time.GetUtcNow());
        Kind =
            commits is null ? ProcessKind.Api
            : api is null ? ProcessKind.Silo
            : ProcessKind.ApiWithSilo;
        Name = $"{Environment.MachineName}{Port(settings, configuration["urls"])}";
    }

    /// <summary>
    /// Its place: the machine, and the port of the silo or else of HTTP. What is started there again has the same name.
    /// </summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public ProcessKind Kind { get; }

    /// <summary>What it measures now.</summary>
    public ProcessFigures Measure() =>
        new(
            _commits is null
                ? null
                : new CommitFigures(
                    _commits.FailingSince,
                    _commits.WhyFailing,
                    _commits.WaitingCount,
                    _commits.MaxWaiting
                ),
            _api?.Answers,
            _api?.Feed
        );

    /// <summary>The row that it writes.</summary>
    public ProcessRow Row(ProcessFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new ProcessRow(Name, Kind, BuildInfo.Build, _startedAt, figures.Write());
    }

    private string Port(HostSettings settings, string? urls)
    {
        // A SQLite file has one process, whose silo has any free port.
        if (settings.Storage.Provider == StorageProvider.Sqlite)
            return string.Empty;

        if (Kind != ProcessKind.Api)
            return $":{settings.Cluster.SiloPort}";

        var first = (urls ?? string.Empty).Split(';')[0];
        return $":{first[(first.LastIndexOf(':') + 1)..].TrimEnd('/')}";
    }
}
