using System.Text;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>Where a reader is in a JSON text; becomes text only when something is wrong there.</summary>
internal sealed class JsonPath
{
    private const int MaxNameLength = 64;

    // The vendor's notifications nest as deep as this; others make it grow.
    private Level[] _levels = new Level[3];
    private int _depth;

    /// <summary>Enters an object or array.</summary>
    public void Push()
    {
        if (_depth == _levels.Length)
            Array.Resize(ref _levels, _depth * 2);

        _levels[_depth++] = new Level { Index = -1 };
    }

    /// <summary>Leaves it.</summary>
    public void Pop() => _depth--;

    /// <summary>Comes to a property.</summary>
    public void Property(string name) => _levels[_depth - 1].Name = name;

    /// <summary>Comes to a property whose name can't be read.</summary>
    public void NoProperty() => _levels[_depth - 1].Name = null;

    /// <summary>Comes to the next element.</summary>
    public int Element() => ++_levels[_depth - 1].Index;

    /// <summary>Passes over elements.</summary>
    public void Elements(int count) => _levels[_depth - 1].Index += count;

    /// <inheritdoc/>
    public override string ToString()
    {
        var path = new StringBuilder("$");
        for (var i = 0; i < _depth; i++)
        {
            var (name, index) = (_levels[i].Name, _levels[i].Index);
            if (name is not null)
                Append(path, name);
            else if (index >= 0)
                path.Append('[').Append(index).Append(']');
        }

        return path.ToString();
    }

    private static void Append(StringBuilder path, string name)
    {
        if (name.Length is > 0 and <= MaxNameLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            path.Append('.').Append(name);
            return;
        }

        path.Append("['");
        foreach (var c in Shortened(name))
        {
            if (char.IsControl(c))
                path.Append($"\\u{(int)c:x4}");
            else
                path.Append(c is '\'' or '\\' ? "\\" : string.Empty).Append(c);
        }

        path.Append(name.Length <= MaxNameLength ? "']" : "…']");
    }

    /// <summary>The beginning of a name; never half of a surrogate pair, which no database takes.</summary>
    private static ReadOnlySpan<char> Shortened(string name) =>
        name.Length <= MaxNameLength ? name
        : char.IsHighSurrogate(name[MaxNameLength - 1]) ? name.AsSpan(0, MaxNameLength - 1)
        : name.AsSpan(0, MaxNameLength);

    /// <summary>An object, with the property that it is at, or an array, with the element.</summary>
    private struct Level
    {
        public string? Name;
        public int Index;
    }
}
