using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// A statement that is prepared once and run for each row of each batch. It speaks to SQLite itself: a command of the provider, with
/// its parameter objects and its reader, costs as much again as what SQLite does for a row.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _encoded = new byte[256];

    /// <summary>Prepares a statement.</summary>
    /// <param name="connection">Where it runs.</param>
    /// <param name="text">Its text; the parameters are <c>?1</c>, <c>?2</c> and so on: other names are numbered as they appear.</param>
    /// <exception cref="SqliteException">It is not valid.</exception>
    public PreparedStatement(SqliteConnection connection, string text)
    {
        Text = text;
        _database = connection.Handle!;
        ThrowOnError(raw.sqlite3_prepare_v3(_database, text, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>Runs it. Parameters behind the last value are null.</summary>
    /// <returns>How many rows it changed, if it is one that changes rows.</returns>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public int Execute(params ReadOnlySpan<SqliteValue> values)
    {
        try
        {
            Bind(values);
            Step();
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs it and reads the first row.</summary>
    /// <param name="read">Reads the row, from <see cref="Bytes"/> and <see cref="Number"/>.</param>
    /// <param name="values">The values of the parameters.</param>
    /// <returns>What was read; null if there is no row.</returns>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public T? ReadFirst<T>(Func<PreparedStatement, T> read, params ReadOnlySpan<SqliteValue> values)
        where T : class
    {
        try
        {
            Bind(values);
            return Step() ? read(this) : null;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The bytes of a column of the row that is read, or null.</summary>
    public byte[]? Bytes(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>The number in a column of the row that is read, or null.</summary>
    public long? Number(int column) => IsNull(column) ? null : raw.sqlite3_column_int64(_statement, column);

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            ThrowOnError(result);

        return result == raw.SQLITE_ROW;
    }

    /// <summary>Ends the run. Values that the next one does not give are null then, not what they were.</summary>
    private void Reset()
    {
        raw.sqlite3_reset(_statement);
        raw.sqlite3_clear_bindings(_statement);
    }

    private void Bind(ReadOnlySpan<SqliteValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var value = ref values[i];
            ThrowOnError(
                value.Number is { } number ? raw.sqlite3_bind_int64(_statement, i + 1, number)
                : value.Text is { } text ? Bind(i + 1, text)
                : value.Bytes is { } bytes ? Bind(i + 1, bytes.Span, value.IsUtf8)
                : raw.sqlite3_bind_null(_statement, i + 1));
        }
    }

    private int Bind(int parameter, string text)
    {
        // Without an address, which nothing has that is empty, SQLite takes it for null.
        if (text.Length == 0)
            return raw.sqlite3_bind_text(_statement, parameter, text);

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_encoded.Length < most)
            _encoded = new byte[most];

        return raw.sqlite3_bind_text(_statement, parameter, _encoded.AsSpan(0, Encoding.UTF8.GetBytes(text, _encoded)));
    }

    private int Bind(int parameter, ReadOnlySpan<byte> bytes, bool isUtf8) =>
        isUtf8 ? raw.sqlite3_bind_text(_statement, parameter, bytes)
        : bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
        : raw.sqlite3_bind_blob(_statement, parameter, bytes);

    private void ThrowOnError(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _database);
    }
}
