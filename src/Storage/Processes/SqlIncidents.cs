using System.Data.Common;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Processes;

/// <summary>Outages and bursts of refusals, in SQL that both databases understand. Bounded: the oldest go.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlIncidents(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>About how many rows are kept.</summary>
    public const int MaxKept = 1_000;

    // What a process reports late must not undo what it has reported later.
    private const string Write = """
        INSERT INTO incident AS i (id, process, kind, since, until, updated_at, requests, what)
        VALUES (@id, @process, @kind, @since, @until, @updated_at, @requests, @what)
        ON CONFLICT (id) DO UPDATE SET
          since = excluded.since, until = excluded.until, updated_at = excluded.updated_at,
          requests = excluded.requests, what = excluded.what
        WHERE i.updated_at <= excluded.updated_at
        """;

    private static readonly string Trim = $"""
        DELETE FROM incident WHERE since < (SELECT since FROM incident ORDER BY since DESC LIMIT 1 OFFSET {MaxKept})
        """;

    /// <summary>Writes one, or what is new of it, and removes the oldest beyond <see cref="MaxKept"/>.</summary>
    public async Task Keep(Incident incident, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(incident);
        await dataSource.Execute(
            Write,
            cancellationToken,
            ("id", dialect.WriteId(incident.Id)),
            ("process", incident.Process),
            ("kind", (int)incident.Kind),
            ("since", incident.Since.ToUnixTimeMilliseconds()),
            ("until", incident.Until?.ToUnixTimeMilliseconds()),
            ("updated_at", incident.UpdatedAt.ToUnixTimeMilliseconds()),
            ("requests", incident.Requests),
            ("what", incident.What)
        );
        await dataSource.Execute(Trim, cancellationToken);
    }

    /// <summary>Those that began last, the latest first.</summary>
    public async Task<IReadOnlyList<Incident>> Latest(int limit, CancellationToken cancellationToken) =>
        await dataSource.ReadAll(
            "SELECT id, process, kind, since, until, updated_at, requests, what FROM incident "
                + "ORDER BY since DESC, id DESC LIMIT @limit",
            reader => new Incident(
                dialect.ReadId(reader, 0),
                reader.GetString(1),
                (IncidentKind)reader.GetInt32(2),
                reader.Time(3),
                reader.Number(4) is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null,
                reader.Time(5),
                reader.GetInt64(6),
                reader.GetString(7)
            ),
            cancellationToken,
            ("limit", limit)
        );
}
