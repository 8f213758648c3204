using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Commands;

/// <summary>
/// The arguments of a program: settings for .NET's configuration, and words for the parser of commands.
/// </summary>
/// <param name="Settings">Each setting as <c>--Name=value</c>.</param>
/// <param name="Words">Commands and their options, in order.</param>
internal sealed record CommandArguments(IReadOnlyList<string> Settings, IReadOnlyList<string> Words)
{
    /// <summary>
    /// Splits settings (<c>--Name=value</c>, <c>--Name value</c>, <c>Name=value</c>) from words. .NET's own reading
    /// takes whatever follows an option for its value, and ignores a word that it does not understand.
    /// </summary>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="options">The options of commands, which are no settings, and whether each takes a value.</param>
    public static CommandArguments Split(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, bool> options)
    {
        var (settings, words) = (new List<string>(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var option = equals < 0 ? argument : argument[..equals];
            var name = option.StartsWith("--", StringComparison.Ordinal) ? option[2..] : option.TrimStart('/');
            var hasNext = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (options.TryGetValue(option, out var takesValue))
            {
                words.Add(argument);
                if (takesValue && equals < 0 && hasNext)
                    words.Add(arguments[++i]);
            }
            else if (equals > 0)
            {
                settings.Add($"--{name}={argument[(equals + 1)..]}");
            }
            else if (name.Length < option.Length && hasNext && IsSetting(name))
            {
                settings.Add($"--{name}={arguments[++i]}");
            }
            else
            {
                words.Add(argument);
            }
        }

        return new CommandArguments(settings, words);
    }

    private static bool IsSetting(string name) =>
        name.Contains(':') || HostingSettings.Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
