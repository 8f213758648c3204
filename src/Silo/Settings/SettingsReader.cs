using System.Globalization;

namespace Orleans.Workflow.Silo.Settings;

/// <summary>
/// Reads settings and collects everything that is wrong with them, so that a start that fails tells all of it at once. Each error
/// names the setting, the value, and how to mend it.
/// </summary>
/// <param name="configuration">Where the settings are.</param>
public sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _errors = [];

    /// <summary>Notes that something is wrong.</summary>
    public void Error(string error) => _errors.Add(error);

    /// <summary>The sub-sections of a section, by name.</summary>
    public IEnumerable<IConfigurationSection> Children(string section) => configuration.GetSection(section).GetChildren();

    /// <summary>A text; null if it is not set.</summary>
    public string? Text(string key) => configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    /// <summary>One of the words of an enumeration.</summary>
    public T Word<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
            return fallback;

        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && !char.IsAsciiDigit(text[0]))
            return value;

        Error($"{key} is '{text}'; it must be one of: {string.Join(", ", Enum.GetNames<T>())}.");
        return fallback;
    }

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int fallback, int least, int most)
    {
        if (Text(key) is not { } text)
            return fallback;

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;

        Error($"{key} is '{text}'; it must be a whole number from {least} to {most}.");
        return fallback;
    }

    /// <summary>A number from 0 to 1.</summary>
    public double Fraction(string key, double fallback)
    {
        if (Text(key) is not { } text)
            return fallback;

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return value;

        Error($"{key} is '{text}'; it must be a number from 0 to 1, such as 0.1.");
        return fallback;
    }

    /// <summary>True or false.</summary>
    public bool Switch(string key, bool fallback)
    {
        if (Text(key) is not { } text)
            return fallback;

        if (bool.TryParse(text, out var value))
            return value;

        Error($"{key} is '{text}'; it must be true or false.");
        return fallback;
    }

    /// <summary>Refuses settings that nobody reads: they are most likely misspelt.</summary>
    public void OnlyKnown(string section, params ReadOnlySpan<string> known)
    {
        foreach (var child in Children(section))
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                Error($"{section}:{child.Key} is not a setting; there are: {string.Join(", ", known.ToArray().Select(name => $"{section}:{name}"))}.");
        }
    }

    /// <summary>Ends the start if anything was wrong.</summary>
    /// <exception cref="SettingsException">Something was wrong.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new SettingsException(_errors);
    }
}

/// <summary>The settings make no sense.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>Says that the settings make no sense.</summary>
    public SettingsException()
        : this([])
    {
    }

    /// <summary>Says what is wrong with the settings.</summary>
    public SettingsException(string message)
        : this([message])
    {
    }

    /// <summary>Says what is wrong with the settings, with what caused it.</summary>
    public SettingsException(string message, Exception innerException)
        : base(message, innerException) =>
        Errors = [message];

    /// <summary>Says everything that is wrong with the settings.</summary>
    public SettingsException(IReadOnlyList<string> errors)
        : base("The settings make no sense:" + string.Concat((errors ?? []).Select(error => $"{Environment.NewLine}  - {error}"))) =>
        Errors = errors ?? [];

    /// <summary>Each error.</summary>
    public IReadOnlyList<string> Errors { get; }
}
