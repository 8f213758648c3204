using System.Text;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>Where a reader is in a JSON text; becomes text only when something is wrong there.</summary>
internal sealed class JsonPath
{
    private const int LongestName = 64;

    private readonly string?[] _names = new string?[NotificationReader.DeepestNesting + 1];
    private readonly int[] _indexes = new int[NotificationReader.DeepestNesting + 1];
    private int _depth;

    /// <summary>Enters an object or array.</summary>
    public void Push()
    {
        _names[_depth] = null;
        _indexes[_depth++] = -1;
    }

    /// <summary>Leaves it.</summary>
    public void Pop() => _depth--;

    /// <summary>Comes to a property.</summary>
    public void Property(string name) => _names[_depth - 1] = name;

    /// <summary>Comes to a property whose name can't be read.</summary>
    public void NoProperty() => _names[_depth - 1] = null;

    /// <summary>Comes to the next element.</summary>
    public int Element() => ++_indexes[_depth - 1];

    /// <summary>Passes over elements.</summary>
    public void Elements(int count) => _indexes[_depth - 1] += count;

    /// <inheritdoc/>
    public override string ToString()
    {
        var path = new StringBuilder("$");
        for (var i = 0; i < _depth; i++)
        {
            if (_names[i] is { } name)
                Append(path, name);
            else if (_indexes[i] >= 0)
                path.Append('[').Append(_indexes[i]).Append(']');
        }

        return path.ToString();
    }

    private static void Append(StringBuilder path, string name)
    {
        if (name.Length is > 0 and <= LongestName && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
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

        path.Append(name.Length <= LongestName ? "']" : "…']");
    }

    /// <summary>The beginning of a name; never half of a surrogate pair, which no database takes.</summary>
    private static ReadOnlySpan<char> Shortened(string name) =>
        name.Length <= LongestName ? name
        : char.IsHighSurrogate(name[LongestName - 1]) ? name.AsSpan(0, LongestName - 1)
        : name.AsSpan(0, LongestName);
}
