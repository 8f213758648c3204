using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>Commands that are prepared once and executed many times. Their connection disposes of them.</summary>
internal static class PreparedCommands
{
    /// <summary>Prepares a command.</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string text, string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });

        command.Prepare();
        return command;
    }

    /// <summary>
    /// Sets all parameters, in their order. Those without a value are null; values without a parameter are ignored.
    /// </summary>
    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < command.Parameters.Count; i++)
            command.Parameters[i].Value = (i < values.Length ? values[i] : null) ?? DBNull.Value;

        return command;
    }
}
