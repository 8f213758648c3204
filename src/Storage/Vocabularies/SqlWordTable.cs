using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.Vocabularies;

/// <summary>The counts of words in a table, in SQL that both databases understand.</summary>
internal sealed class SqlWordTable(DbDataSource dataSource) : IWordTable
{
    /// <summary>How many words are kept: a sender that makes up words does not fill the database. Those that are kept go on being counted.</summary>
    private const int MostWords = 10_000;

    /// <inheritdoc/>
    public async Task Add(IReadOnlyList<WordCount> counts, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // In one order, so that two silos never wait for each other.
        foreach (var (word, count, first, last) in counts.OrderBy(static count => count.Word, StringComparer.Ordinal))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText =
                $"""
                INSERT INTO word AS w (word, count, first_received_at, last_received_at)
                SELECT @word, @count, @first, @last
                WHERE EXISTS (SELECT 1 FROM word WHERE word = @word) OR (SELECT count(*) FROM word) < {MostWords}
                ON CONFLICT (word) DO UPDATE SET
                  count = w.count + excluded.count,
                  first_received_at = CASE WHEN w.first_received_at < excluded.first_received_at THEN w.first_received_at ELSE excluded.first_received_at END,
                  last_received_at = CASE WHEN w.last_received_at > excluded.last_received_at THEN w.last_received_at ELSE excluded.last_received_at END
                """;
            command.Set("word", word);
            command.Set("count", count);
            command.Set("first", first);
            command.Set("last", last);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WordCount>> Read(CancellationToken cancellationToken) => await dataSource.ReadAll(
        "SELECT word, count, first_received_at, last_received_at FROM word",
        static reader => new WordCount(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
        cancellationToken);
}
