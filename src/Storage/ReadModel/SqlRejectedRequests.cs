using System.Data.Common;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Refused requests in a table.</summary>
internal sealed class SqlRejectedRequests(
    DbDataSource dataSource, ReadDialect dialect, StorageSettings settings, ILogger<SqlRejectedRequests> logger) : IRejectedRequests
{
    private const string Columns =
        "id, received_at, source, status_code, error_path, detail, content_type, body, resent_at, resent_receipt_id, resent_answer";

    /// <summary>How much of a body is kept, in bytes.</summary>
    private const int LargestBody = 64 * 1024;

    /// <summary>How much of a content type is kept, in characters: whoever sent it may be a stranger.</summary>
    private const int LongestContentType = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task Add(RejectedRequest request)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await using var connection = await dataSource.OpenConnectionAsync(patience.Token);
            await using var command = connection.CreateCommand();
            command.CommandText =
                """
                INSERT INTO rejected (id, received_at, source, status_code, error_path, detail, content_type, body)
                VALUES (@id, @received_at, @source, @status_code, @error_path, @detail, @content_type, @body)
                RETURNING position
                """;
            command.Set("id", dialect.WriteId(request.Id));
            command.Set("received_at", request.ReceivedAt.ToUnixTimeMilliseconds());
            command.Set("source", Storable(request.Source));
            command.Set("status_code", request.StatusCode);
            command.Set("error_path", Storable(request.ErrorPath));
            command.Set("detail", Storable(request.Detail));
            command.Set("content_type", Storable(request.ContentType is { Length: > LongestContentType } longer ? longer[..LongestContentType] : request.ContentType));
            command.Set("body", request.Body is { } body ? body[..Math.Min(body.Length, LargestBody)].ToArray() : null);
            var position = Convert.ToInt64(await command.ExecuteScalarAsync(patience.Token));
            if (position % 100 == 0)
                await RemoveOldest(connection, position - settings.MostRejected, patience.Token);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or TimeoutException)
        {
            Log.RejectedNotKept(logger, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RejectedRequest>> Before(Guid? id, int limit, CancellationToken cancellationToken) => await dataSource.ReadAll(
        command =>
        {
            var before = id is null ? string.Empty : " WHERE position < (SELECT position FROM rejected WHERE id = @id)";
            command.CommandText = $"SELECT {Columns} FROM rejected{before} ORDER BY position DESC LIMIT @limit";
            command.Set("limit", limit);
            if (id is { } given)
                command.Set("id", dialect.WriteId(given));
        },
        Read,
        cancellationToken);

    /// <inheritdoc/>
    public Task<RejectedRequest?> Find(Guid id, CancellationToken cancellationToken) => dataSource.ReadFirst(
        $"SELECT {Columns} FROM rejected WHERE id = @id", Read, cancellationToken, ("id", dialect.WriteId(id)));

    /// <inheritdoc/>
    public Task NoteResent(Guid id, ResentRequest resent, CancellationToken cancellationToken) => dataSource.Execute(
        "UPDATE rejected SET resent_at = @at, resent_receipt_id = @receipt_id, resent_answer = @answer WHERE id = @id",
        cancellationToken,
        ("at", resent.At.ToUnixTimeMilliseconds()),
        ("receipt_id", resent.ReceiptId is { } receiptId ? dialect.WriteId(receiptId) : null),
        ("answer", Storable(resent.Answer)),
        ("id", dialect.WriteId(id)));

    private RejectedRequest Read(DbDataReader reader) => new(
        dialect.ReadId(reader, 0),
        reader.Time(1),
        reader.Text(2),
        reader.GetInt32(3),
        reader.Text(4),
        reader.GetString(5),
        reader.Text(6),
        reader.IsDBNull(7) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(7),
        reader.IsDBNull(8) ? null : new ResentRequest(
            reader.Time(8), reader.IsDBNull(9) ? null : dialect.ReadId(reader, 9), reader.GetString(10)));

    /// <summary>
    /// A text as the databases take it. What is refused for a NUL or half a surrogate pair names it, and must be kept all the same.
    /// </summary>
    private static string? Storable(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private static async Task RemoveOldest(DbConnection connection, long upTo, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM rejected WHERE position <= @up_to";
        command.Set("up_to", upTo);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
