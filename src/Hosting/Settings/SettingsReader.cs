using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration.CommandLine;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>
/// Reads settings and collects everything that is wrong with them, so that a start that fails reports all of it at
/// once. Each error names the setting, the value, and how to repair it.
/// </summary>
/// <param name="configuration">Where the settings are.</param>
public sealed class SettingsReader(IConfiguration configuration)
{
    private const string ConnectionStrings = "ConnectionStrings";

    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    // What was asked for is what there is: a new setting needs no second list, neither of names nor of documents.
    private readonly OrderedDictionary<string, Setting> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _sections = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _open = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is to be said of settings that are set by their old names.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The settings that were read so far.</summary>
    public IReadOnlyCollection<Setting> Settings => _settings.Values;

    /// <summary>Everything that is wrong so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>
    /// A reader that nothing is configured for, to learn which settings there are: each section whose name the
    /// operator chooses is there once.
    /// </summary>
    public static SettingsReader ForDocuments() =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection([
                    new("Access:Keys:{name}:Role", "read"),
                    new("Access:Jwt:RoleClaim", "roles"),
                    new("Sources:{name}:AllowAnonymous", "false"),
                ])
                .Build()
        );

    /// <summary>Notes that something is wrong.</summary>
    public void Error(string error) => _errors.Add(error);

    /// <summary>Notes that there is a setting, which is not read by its name alone.</summary>
    public void Describe(Setting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        _settings[setting.Key] = setting;
    }

    /// <summary>The names of the sub-sections of a section; the settings of each are read one by one.</summary>
    public IEnumerable<string> SectionNames(string section)
    {
        _sections.Add(section);
        return configuration.GetSection(section).GetChildren().Select(static child => child.Key);
    }

    /// <summary>Everything directly below a section, whatever its name.</summary>
    public IEnumerable<IConfigurationSection> Children(string section)
    {
        _open.Add(section);
        return configuration.GetSection(section).GetChildren();
    }

    /// <summary>Leaves sections to another program of the product, which reads the same configuration.</summary>
    public void Leave(params string[] sections) => _open.UnionWith(sections);

    /// <summary>The value of a setting that others describe, or that was read before; null if it is not set.</summary>
    public string? Value(string key) =>
        configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    /// <summary>A text; null if it is not set and has no default.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? Text(string key, string meaning, string allowed, string? fallback = null) =>
        Read(new Setting(key, meaning, allowed, fallback)) ?? fallback;

    /// <summary>One of the words of an enumeration.</summary>
    public T Word<T>(string key, T fallback, string meaning)
        where T : struct, Enum => ReadWord<T>(key, fallback, meaning) ?? fallback;

    /// <summary>One of the words of an enumeration; null if it is not set.</summary>
    public T? OptionalWord<T>(string key, string meaning)
        where T : struct, Enum => ReadWord<T>(key, null, meaning);

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int fallback, int min, int max, string unit, string meaning) =>
        ReadNumber(key, fallback, min, max, unit, meaning) ?? fallback;

    /// <summary>A whole number within bounds; null if it is not set.</summary>
    public int? OptionalNumber(string key, int min, int max, string unit, string meaning) =>
        ReadNumber(key, null, min, max, unit, meaning);

    /// <summary>A time in whole seconds, within bounds.</summary>
    public TimeSpan Seconds(string key, int fallback, int min, int max, string meaning) =>
        TimeSpan.FromSeconds(Number(key, fallback, min, max, "seconds", meaning));

    /// <summary>A number from 0 to 1.</summary>
    public double Fraction(string key, double fallback, string meaning)
    {
        if (Read(new Setting(key, meaning, "0 to 1", $"{fallback}")) is not { } text)
            return fallback;

        if (
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= 1
        )
            return value;

        Error($"{key} is '{text}'; it must be a number from 0 to 1, such as 0.1.");
        return fallback;
    }

    /// <summary>True or false.</summary>
    public bool Switch(string key, bool fallback, string meaning)
    {
        if (Read(new Setting(key, meaning, "`true`, `false`", fallback ? "true" : "false")) is not { } text)
            return fallback;

        if (bool.TryParse(text, out var value))
            return value;

        Error($"{key} is '{text}'; it must be true or false.");
        return fallback;
    }

    /// <summary>Ends the start if anything was wrong.</summary>
    /// <exception cref="SettingsException">Something was wrong.</exception>
    public void ThrowIfAny()
    {
        RefuseUnread();
        if (_errors.Count > 0)
            throw new SettingsException(_errors);
    }

    private string? Read(Setting setting)
    {
        Describe(setting);
        var value = Value(setting.Key);
        if (setting.OldKey is not { } oldKey || Value(oldKey) is not { } ofOldKey)
            return value;

        if (value is not null)
            Error($"{setting.Key} and its old name {oldKey} are both set; remove {oldKey}.");

        _warnings.Add($"{oldKey} is called {setting.Key} now. The old name is read for one version more; rename it.");
        return value ?? ofOldKey;
    }

    private T? ReadWord<T>(string key, T? fallback, string meaning)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        var allowed = string.Join(", ", names.Select(static name => $"`{name}`"));
        if (Read(new Setting(key, meaning, allowed, fallback?.ToString())) is not { } text)
            return null;

        // By name alone: Enum.TryParse also takes numbers, such as -1, and several names with commas.
        // Words of the contract may have hyphens: read-personal is ReadPersonal.
        var name = text.Trim().Replace("-", string.Empty, StringComparison.Ordinal);
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        Error($"{key} is '{text}'; it must be one of: {string.Join(", ", names)}.");
        return null;
    }

    private int? ReadNumber(string key, int? fallback, int min, int max, string unit, string meaning)
    {
        if (Read(new Setting(key, meaning, $"{min} to {max}", fallback?.ToString(), unit)) is not { } text)
            return null;

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
        )
            return value;

        Error($"{key} is '{text}'; it must be a whole number from {min} to {max}.");
        return null;
    }

    /// <summary>
    /// Refuses what no reader has asked for: every such setting in the sections of the product and on the command
    /// line, and sections whose name is nearly that of a known one. The other names of an environment belong to other
    /// programs.
    /// </summary>
    private void RefuseUnread()
    {
        var sections = _settings
            .Keys.Where(static key => key.Contains(':'))
            .Select(static key => key.Split(':')[0])
            .Distinct()
            .ToList();
        foreach (var section in sections.Where(static section => section != ConnectionStrings))
            RefuseUnread(configuration.GetSection(section), [.. _settings.Keys, .. _sections]);

        foreach (var key in CommandLineKeys().Where(key => !IsKnown(key)))
        {
            _refused.Add(key);
            var nearest = NearestName.Find(key, _settings.Keys.Concat(HostingSettings.Names));
            Error(
                $"--{key} is not a setting; {(nearest is null ? "--help lists them." : $"did you mean --{nearest}?")}"
            );
        }

        foreach (var child in configuration.GetSection(ConnectionStrings).GetChildren())
            RefuseIfNear(child.Path, _settings.Keys);

        List<string> known = [.. sections, .. _open.Select(static section => section.Split(':')[0])];
        foreach (var section in configuration.GetChildren().Where(static section => section.GetChildren().Any()))
            RefuseIfNear(section.Key, known);
    }

    private void RefuseUnread(IConfigurationSection section, IReadOnlyList<string> known)
    {
        foreach (var child in section.GetChildren().Where(child => !IsKnown(child.Path)))
        {
            if (known.Any(key => IsAtOrBelow(key, child.Path)))
            {
                RefuseUnread(child, known);
                continue;
            }

            _refused.Add(child.Path);
            var names = known
                .Where(key => IsAtOrBelow(key, section.Path) && key.Length > section.Path.Length)
                .Select(key => $"{section.Path}:{key[(section.Path.Length + 1)..].Split(':')[0]}")
                .Distinct();
            Error($"{child.Path} is not a setting; there are: {string.Join(", ", names)}.");
        }
    }

    private void RefuseIfNear(string name, IReadOnlyCollection<string> known)
    {
        if (
            !known.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !_refused.Any(key => IsAtOrBelow(key, name))
            && NearestName.Find(name, known) is { } nearest
        )
        {
            Error($"{name} is not a setting; did you mean {nearest}?");
        }
    }

    private static bool IsAtOrBelow(string key, string section) =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase)
        && (key.Length == section.Length || key[section.Length] == ':');

    private bool IsKnown(string key) =>
        _settings.ContainsKey(key)
        || RenamedSettings.IsOldName(key)
        || HostingSettings.Names.Contains(key, StringComparer.OrdinalIgnoreCase)
        || HostingSettings.Prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || _open.Concat(_refused).Any(section => IsAtOrBelow(key, section));

    private IEnumerable<string> CommandLineKeys()
    {
        var providers = configuration is IConfigurationRoot root
            ? root.Providers.OfType<CommandLineConfigurationProvider>()
            : [];
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
}

/// <summary>The configuration is invalid.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>Says that the configuration is invalid.</summary>
    public SettingsException()
        : this([]) { }

    /// <summary>Says what is wrong with the settings.</summary>
    public SettingsException(string message)
        : this([message]) { }

    /// <summary>Says what is wrong with the settings, with what caused it.</summary>
    public SettingsException(string message, Exception innerException)
        : base(message, innerException) => Errors = [message];

    /// <summary>Says everything that is wrong with the settings.</summary>
    public SettingsException(IReadOnlyList<string> errors)
        : base(
            "Invalid configuration:"
                + string.Concat((errors ?? []).Select(error => $"{Environment.NewLine}  - {error}"))
        ) => Errors = errors ?? [];

    /// <summary>Each error.</summary>
    public IReadOnlyList<string> Errors { get; }
}
