using System.Data.Common;

namespace Orleans.Workflow.Storage;

/// <summary>Commands of either database: parameters, rows.</summary>
internal static class DbCommandExtensions
{
    /// <summary>Sets the statement and adds its values.</summary>
    public static void Write(this DbCommand command, string text, (string Name, object? Value)[] values)
    {
        command.CommandText = text;
        foreach (var (name, value) in values)
            command.Set(name, value);
    }

    /// <summary>Adds a named value; null becomes DBNull.</summary>
    public static void Set(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }

    /// <summary>The text of a column, or null.</summary>
    public static string? Text(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>The number of a column, or null.</summary>
    public static long? Number(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetInt64(column);

    /// <summary>An enumeration that is stored as its number, or null.</summary>
    public static T? Enum<T>(this DbDataReader reader, int column)
        where T : struct, Enum =>
        reader.IsDBNull(column) ? null : (T)System.Enum.ToObject(typeof(T), reader.GetInt32(column));

    /// <summary>A time that is stored as Unix milliseconds.</summary>
    public static DateTimeOffset Time(this DbDataReader reader, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    /// <summary>Runs a query and reads every row.</summary>
    public static async Task<List<T>> ReadAll<T>(
        this DbCommand command,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));

        return rows;
    }
}
