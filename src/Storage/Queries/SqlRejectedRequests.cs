using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Keeps what was refused in a table, so that nothing a sender sent vanishes without a trace. Bounded in number, those
/// of strangers apart, and in the bytes of bodies: the oldest go first.
/// </summary>
public sealed class SqlRejectedRequests(
    DbDataSource dataSource,
    ReadDialect dialect,
    StorageSettings settings,
    ILogger<SqlRejectedRequests> logger
)
{
    private const string Columns =
        "id, received_at, source, status_code, error_path, detail, content_type, length(body), resent_at, "
        + "resent_receipt_id, resent_answer, kind";

    /// <summary>
    /// A body of more bytes has those of others counted at once, a smaller one with the next hundred.
    /// </summary>
    private const int LargeBody = 64 * 1024;

    /// <summary>
    /// Those of strangers have a place of their own, so that they push nothing out that a source sent.
    /// </summary>
    private const int SourcesForEachStranger = 10;

    /// <summary>How much of a content type is kept, in characters: its sender may be a stranger.</summary>
    private const int MaxContentTypeLength = 256;

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Keeps a request. Never fails: refusing does not depend on the database.</summary>
    public async Task Add(RejectedRequest request)
    {
        try
        {
            using var timeout = new CancellationTokenSource(WriteTimeout);
            await using var connection = await dataSource.OpenConnectionAsync(timeout.Token);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO rejected
                  (id, received_at, source, status_code, error_path, detail, content_type, body, kind)
                VALUES (@id, @received_at, @source, @status_code, @error_path, @detail, @content_type, @body, @kind)
                RETURNING position
                """;
            command.Set("id", dialect.WriteId(request.Id));
            command.Set("received_at", request.ReceivedAt.ToUnixTimeMilliseconds());
            command.Set("source", StoredText.Of(request.Source));
            command.Set("status_code", request.StatusCode);
            command.Set("error_path", StoredText.Of(request.ErrorPath));
            command.Set("detail", StoredText.Of(request.Detail));
            command.Set(
                "content_type",
                StoredText.Of(
                    request.ContentType is { Length: > MaxContentTypeLength } longer
                        ? longer[..MaxContentTypeLength]
                        : request.ContentType
                )
            );
            command.Set("body", request.Body?.ToArray());
            command.Set("kind", request.Kind);
            var position = Convert.ToInt64(await command.ExecuteScalarAsync(timeout.Token));
            if (position % 100 == 0)
            {
                await RemoveOldest(connection, "source IS NOT NULL", settings.MaxRejected, timeout.Token);
                await RemoveOldest(
                    connection,
                    "source IS NULL",
                    Math.Max(1, settings.MaxRejected / SourcesForEachStranger),
                    timeout.Token
                );
            }

            if (position % 100 == 0 || request.Body is { Length: > LargeBody })
                await RemoveBodies(connection, timeout.Token);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or TimeoutException)
        {
            Safely.Log(exception, () => Log.RejectedNotKept(logger, exception));
        }
    }

    /// <summary>The requests kept last, the latest first, without their bodies.</summary>
    public Task<IReadOnlyList<RejectedRequest>> Latest(int limit, CancellationToken cancellationToken) =>
        Before(null, limit, cancellationToken);

    /// <summary>
    /// The requests kept before another one, the latest first, without their bodies; the latest of all if there is no
    /// other one.
    /// </summary>
    public async Task<IReadOnlyList<RejectedRequest>> Before(
        Guid? id,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await dataSource.ReadAll(
            command =>
            {
                var before = id is null
                    ? string.Empty
                    : " WHERE position < (SELECT position FROM rejected WHERE id = @id)";
                command.CommandText = $"SELECT {Columns} FROM rejected{before} ORDER BY position DESC LIMIT @limit";
                command.Set("limit", limit);
                if (id is { } given)
                    command.Set("id", dialect.WriteId(given));
            },
            Read,
            cancellationToken
        );

    /// <summary>One request; null if it is not kept.</summary>
    public Task<RejectedRequest?> Find(Guid id, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            $"SELECT {Columns}, body FROM rejected WHERE id = @id",
            reader =>
                Read(reader) with
                {
                    Body = reader.IsDBNull(12) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(12),
                },
            cancellationToken,
            ("id", dialect.WriteId(id))
        );

    /// <summary>Notes what came of sending a request again; the last time counts.</summary>
    /// <param name="id">The request.</param>
    /// <param name="resent">What came of it.</param>
    /// <param name="action">The action of an operator that did it, which has begun.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task NoteResent(Guid id, ResentRequest resent, Guid action, CancellationToken cancellationToken) =>
        dataSource.Transact(
            async transaction =>
            {
                await SqlOperatorLog.End(transaction, dialect, action, resent.Answer, cancellationToken);
                return await transaction.Execute(
                    "UPDATE rejected SET resent_at = @at, resent_receipt_id = @receipt_id, resent_answer = @answer "
                        + "WHERE id = @id",
                    cancellationToken,
                    ("at", resent.At.ToUnixTimeMilliseconds()),
                    ("receipt_id", resent.ReceiptId is { } receiptId ? dialect.WriteId(receiptId) : null),
                    ("answer", StoredText.Of(resent.Answer)),
                    ("id", dialect.WriteId(id))
                );
            },
            cancellationToken
        );

    private RejectedRequest Read(DbDataReader reader) =>
        new(
            dialect.ReadId(reader, 0),
            reader.Time(1),
            reader.Text(2),
            reader.GetInt32(3),
            reader.Text(4),
            reader.GetString(5),
            reader.Text(6),
            null,
            reader.IsDBNull(8)
                ? null
                : new ResentRequest(
                    reader.Time(8),
                    reader.IsDBNull(9) ? null : dialect.ReadId(reader, 9),
                    reader.GetString(10)
                )
        )
        {
            Kind = reader.Text(11),
            BodyLength = reader.IsDBNull(7) ? null : reader.GetInt32(7),
        };

    private static async Task RemoveOldest(
        DbConnection connection,
        string condition,
        int most,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The condition is a constant.
        command.CommandText = $"""
            DELETE FROM rejected WHERE {condition} AND position <= (
                SELECT position FROM rejected WHERE {condition} ORDER BY position DESC LIMIT 1 OFFSET @most)
            """;
#pragma warning restore CA2100
        command.Set("most", most);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Drops the oldest bodies beyond what they may have together; that they were refused, and why, stays.
    /// </summary>
    private async Task RemoveBodies(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE rejected SET body = NULL WHERE body IS NOT NULL AND position <= (
                SELECT max(position) FROM (
                    SELECT position, sum(length(body)) OVER (ORDER BY position DESC) AS total
                    FROM rejected WHERE body IS NOT NULL) AS kept
                WHERE total > @max_bytes)
            """;
        command.Set("max_bytes", settings.MaxRejectedBytes);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
