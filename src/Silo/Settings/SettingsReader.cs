using System.Globalization;
using Microsoft.Extensions.Configuration.CommandLine;

namespace Orleans.Workflow.Silo.Settings;

/// <summary>
/// Reads settings and collects everything that is wrong with them, so that a start that fails tells all of it at once. Each error
/// names the setting, the value, and how to mend it.
/// </summary>
/// <param name="configuration">Where the settings are.</param>
public sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _errors = [];

    // What was asked for is what there is: a new setting needs no second list of names.
    private readonly SortedSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _open = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings that were read so far, by name.</summary>
    public IReadOnlyCollection<string> Names => _read;

    /// <summary>Everything that is wrong so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Notes that something is wrong.</summary>
    public void Error(string error) => _errors.Add(error);

    /// <summary>The sub-sections of a section, by name.</summary>
    public IEnumerable<IConfigurationSection> Children(string section)
    {
        _open.Add(section);
        return configuration.GetSection(section).GetChildren();
    }

    /// <summary>Leaves sections to another program of the product, which reads the same configuration.</summary>
    public void Leave(params string[] sections) => _open.UnionWith(sections);

    /// <summary>A text; null if it is not set.</summary>
    public string? Text(string key)
    {
        _read.Add(key);
        return configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
    }

    /// <summary>One of the words of an enumeration.</summary>
    public T Word<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
            return fallback;

        // By name alone: Enum.TryParse also takes numbers, such as -1, and several names with commas.
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text.Trim(), StringComparison.OrdinalIgnoreCase))
                return value;
        }

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
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                continue;

            _refused.Add(child.Path);
            Error($"{section}:{child.Key} is not a setting; there are: {string.Join(", ", known.ToArray().Select(name => $"{section}:{name}"))}.");
        }
    }

    /// <summary>
    /// Refuses what nobody has read: every such setting of the command line, and of the other sources sections whose name is nearly that
    /// of a known one. Their other names belong to other programs: an environment is full of them.
    /// </summary>
    private void OnlyRead()
    {
        foreach (var key in CommandLineKeys().Where(key => !IsKnown(key)))
        {
            _refused.Add(key);
            var nearest = NearestName.Find(key, _read.Concat(HostingSettings.Names));
            Error($"--{key} is not a setting; {(nearest is null ? "--help lists them." : $"did you mean --{nearest}?")}");
        }

        foreach (var name in configuration.GetSection("ConnectionStrings").GetChildren().Select(static child => child.Path))
            RefuseIfNear(name, _read);

        var sections = _read.Where(static key => key.Contains(':')).Concat(_open).Select(static key => key.Split(':')[0]).ToList();
        foreach (var section in configuration.GetChildren().Where(static section => section.GetChildren().Any()))
            RefuseIfNear(section.Key, sections);
    }

    private void RefuseIfNear(string name, IReadOnlyCollection<string> known)
    {
        if (!known.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !_refused.Any(key => IsAtOrBelow(key, name))
            && NearestName.Find(name, known) is { } nearest)
        {
            Error($"{name} is not a setting; did you mean {nearest}?");
        }
    }

    private static bool IsAtOrBelow(string key, string section) =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (key.Length == section.Length || key[section.Length] == ':');

    private bool IsKnown(string key) =>
        _read.Contains(key)
        || HostingSettings.Names.Contains(key, StringComparer.OrdinalIgnoreCase)
        || HostingSettings.Prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || _open.Concat(_refused).Any(section => IsAtOrBelow(key, section));

    private IEnumerable<string> CommandLineKeys()
    {
        var providers = configuration is IConfigurationRoot root ? root.Providers.OfType<CommandLineConfigurationProvider>() : [];
        return providers.SelectMany(static provider => Keys(provider, null)).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Keys(IConfigurationProvider provider, string? parent)
    {
        foreach (var name in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var key = parent is null ? name : $"{parent}:{name}";
            if (provider.TryGet(key, out _))
                yield return key;

            foreach (var below in Keys(provider, key))
                yield return below;
        }
    }

    /// <summary>Ends the start if anything was wrong.</summary>
    /// <exception cref="SettingsException">Something was wrong.</exception>
    public void ThrowIfAny()
    {
        OnlyRead();
        if (_errors.Count > 0)
            throw new SettingsException(_errors);
    }
}

/// <summary>The configuration is invalid.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>Says that the configuration is invalid.</summary>
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
        : base("Invalid configuration:" + string.Concat((errors ?? []).Select(error => $"{Environment.NewLine}  - {error}"))) =>
        Errors = errors ?? [];

    /// <summary>Each error.</summary>
    public IReadOnlyList<string> Errors { get; }
}
