using System.Data.Common;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>A request that was refused.</summary>
/// <param name="Id">Its id, a UUIDv7, as told to the sender.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Source">The sender's name as in the path; null if there is none.</param>
/// <param name="StatusCode">The HTTP status it was answered with.</param>
/// <param name="ErrorPath">The JSON path of what was wrong; null if it was not about a value.</param>
/// <param name="Detail">What was wrong.</param>
/// <param name="ContentType">The content type as sent.</param>
/// <param name="Body">The raw body, cut to what is kept; null if it is not kept at all.</param>
public sealed record RejectedRequest(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string? Source,
    int StatusCode,
    string? ErrorPath,
    string Detail,
    string? ContentType,
    ReadOnlyMemory<byte>? Body);

/// <summary>Keeps what was refused, so that nothing a sender sent vanishes without a trace. Bounded: the oldest go first.</summary>
public interface IRejectedRequests
{
    /// <summary>Keeps a request. Never fails: refusing does not depend on the database.</summary>
    Task Add(RejectedRequest request);

    /// <summary>The requests kept last, the latest first.</summary>
    Task<IReadOnlyList<RejectedRequest>> Latest(int limit, CancellationToken cancellationToken);
}

/// <summary>Refused requests in a table.</summary>
internal sealed class SqlRejectedRequests(
    DbDataSource dataSource, ReadDialect dialect, ILogger<SqlRejectedRequests> logger) : IRejectedRequests
{
    /// <summary>How many requests are kept.</summary>
    private const int MostKept = 10_000;

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
                await RemoveOldest(connection, position - MostKept, patience.Token);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or TimeoutException)
        {
            Log.RejectedNotKept(logger, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RejectedRequest>> Latest(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT id, received_at, source, status_code, error_path, detail, content_type, body FROM rejected ORDER BY position DESC LIMIT @limit";
        command.Set("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RejectedRequest>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new RejectedRequest(
                dialect.ReadId(reader, 0),
                reader.Time(1),
                reader.Text(2),
                reader.GetInt32(3),
                reader.Text(4),
                reader.GetString(5),
                reader.Text(6),
                reader.IsDBNull(7) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(7)));
        }

        return rows;
    }

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
