using System.Data.Common;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A row of the table of refused requests.</summary>
public sealed record RejectedRow(
    string? Source,
    int StatusCode,
    string? ErrorPath,
    string Detail,
    string? ContentType,
    byte[]? Body,
    string? Kind
);

/// <summary>Reads the table of refused requests.</summary>
internal static class RejectedRows
{
    public static async Task<RejectedRow?> FindRejectedAsync(this ITestDatabase database, Guid id)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT source, status_code, error_path, detail, content_type, body, kind FROM rejected WHERE id = @id";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@id", database.Id(id));
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? new RejectedRow(
                Text(reader, 0),
                reader.GetInt32(1),
                Text(reader, 2),
                reader.GetString(3),
                Text(reader, 4),
                Bytes(reader, 5),
                Text(reader, 6)
            )
            : null;
    }

    private static string? Text(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    private static byte[]? Bytes(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}
