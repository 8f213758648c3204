using System.Data.Common;
using System.Text.Json;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Vocabularies;

/// <summary>The counts of words in a table, in SQL that both databases understand.</summary>
internal sealed class SqlStatusUsageStore(DbDataSource dataSource, ReadDialect dialect) : IStatusUsageStore
{
    /// <summary>About how many words are kept.</summary>
    private const int MaxWords = 10_000;

    // The rarest, and of those the oldest: words that a sender makes up come once, so they make room for the next ones,
    // and a word that comes again stays.
    private static readonly string MakeRoom = $"""
        DELETE FROM word WHERE word IN (
          SELECT word FROM word ORDER BY count, last_received_at
          LIMIT (SELECT CASE WHEN count(*) > {MaxWords} THEN count(*) - {MaxWords} ELSE 0 END FROM word))
        """;

    // In one order, so that two silos never wait for each other.
    private readonly string _add = $"""
        INSERT INTO word AS w (word, count, first_received_at, last_received_at)
        SELECT word, count, first_received_at, last_received_at FROM {dialect.CountedWords} WHERE true ORDER BY word
        ON CONFLICT (word) DO UPDATE SET
          count = w.count + excluded.count,
          first_received_at = CASE WHEN w.first_received_at < excluded.first_received_at
            THEN w.first_received_at ELSE excluded.first_received_at END,
          last_received_at = CASE WHEN w.last_received_at > excluded.last_received_at
            THEN w.last_received_at ELSE excluded.last_received_at END
        """;

    /// <inheritdoc/>
    /// <remarks>
    /// Two statements, however many words there are. What fails in the second must not have added: it is added again.
    /// </remarks>
    public async Task Add(IReadOnlyList<StatusUsage> counts, CancellationToken cancellationToken)
    {
        await dataSource.Execute(MakeRoom, cancellationToken);

        // PostgreSQL has no text with NUL; a .NET client that calls a grain itself could send one.
        var json = JsonSerializer.Serialize(
            [.. counts.Where(static count => !count.Word.Contains('\0'))],
            StorageJson.Default.StatusUsageArray
        );
        await dataSource.Execute(_add, cancellationToken, ("counts", json));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StatusUsage>> Read(CancellationToken cancellationToken) =>
        await dataSource.ReadAll(
            "SELECT word, count, first_received_at, last_received_at FROM word",
            static reader => new StatusUsage(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3)
            ),
            cancellationToken
        );
}
