using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// Parameters of a statement that are arrays, one for each column of its rows. They are filled again for each batch.
/// </summary>
/// <param name="parameters">The parameters of the statement.</param>
internal sealed class ArrayColumns(NpgsqlParameterCollection parameters)
{
    private readonly List<Action> _clear = [];

    /// <summary>Adds a column, as the next parameter.</summary>
    /// <param name="type">The built-in type of its values.</param>
    /// <returns>Its values.</returns>
    public List<T> Add<T>(string type)
    {
        var values = new List<T>();
        parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, DataTypeName = type + "[]" });
        _clear.Add(values.Clear);
        return values;
    }

    /// <summary>Removes the values of all columns.</summary>
    public void Clear()
    {
        foreach (var clear in _clear)
            clear();
    }
}
