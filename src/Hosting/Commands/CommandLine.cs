using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Commands;

/// <summary>The command line of both programs: the host itself, the commands, and the settings of either.</summary>
public static class CommandLine
{
    /// <summary>
    /// Runs the host or the command that the arguments name, or answers <c>--help</c> and <c>--version</c>.
    /// </summary>
    /// <returns>The exit code: 0; 1 if it could not be done; 2 if an audit has findings.</returns>
    public static async Task<int> Run(string[] arguments, HostProgram program)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(program);
        string[] settings = [];
        var root = Describe(program, () => settings);
        var options = OptionsOf(root);
        var split = CommandArguments.Split(arguments, options);
        settings = [.. split.Settings];

        var parsed = root.Parse(split.Words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            var words = options.Keys.Concat(root.Subcommands.Select(static command => command.Name));
            await Refuse(parsed, [.. words], SettingNames(program));
            return 1;
        }

        // Without a time-out for termination: the host stops at a signal by itself.
        var invocation = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await WorkflowHost.Run(() => parsed.InvokeAsync(invocation));
    }

    private static RootCommand Describe(HostProgram program, Func<string[]> settings)
    {
        var root = new RootCommand(program.Description);
        root.SetAction(
            async (_, _) =>
            {
                await program.Run(settings());
                return 0;
            }
        );
        root.Directives.Clear();
        DatabaseCommands.AddTo(root, settings);
        foreach (var option in root.Options)
        {
            option.Description = option is HelpOption ? "Shows this." : "Shows the version.";
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithSettings(help, SettingNames(program));
            else if (option is VersionOption version)
                version.Recursive = true;
        }

        return root;
    }

    /// <summary>All options by name and alias, and whether each takes a value.</summary>
    private static Dictionary<string, bool> OptionsOf(RootCommand root)
    {
        var options = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var option in root.Subcommands.Append<Command>(root).SelectMany(static command => command.Options))
        {
            var takesValue = option is not (HelpOption or VersionOption) && option.ValueType != typeof(bool);
            foreach (var name in option.Aliases.Append(option.Name))
                options[name] = takesValue;
        }

        return options;
    }

    /// <summary>The settings that a program reads.</summary>
    private static IReadOnlyCollection<string> SettingNames(HostProgram program)
    {
        var reader = SettingsReader.ForDocuments();
        program.ReadSettings(reader);
        return [.. reader.Settings.Select(static setting => setting.Key).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private static async Task Refuse(ParseResult parsed, List<string> words, IReadOnlyCollection<string> settings)
    {
        var names = settings.Concat(HostingSettings.Names).Select(static name => $"--{name}").ToList();

        // What follows an unknown option is most likely its value.
        var unknown = parsed.UnmatchedTokens.Where(static word => word.StartsWith('-')).ToList();
        foreach (var word in unknown.Count > 0 ? unknown : parsed.UnmatchedTokens)
        {
            var hint = NearestName.Find(word, words.Concat(names)) is { } nearest ? $"; did you mean {nearest}?" : ".";
            await Console.Error.WriteLineAsync(
                names.Contains(word, StringComparer.OrdinalIgnoreCase)
                    ? $"{word} needs a value, such as {word}=..."
                    : $"'{word}' is no command, option or setting{hint}"
            );
        }

        if (parsed.UnmatchedTokens.Count == 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
        }

        await Console.Error.WriteLineAsync("--help shows the commands and settings.");
    }

    /// <summary>The help of the parser, and the names of the settings.</summary>
    private sealed class HelpWithSettings(HelpAction help, IReadOnlyCollection<string> settings)
        : SynchronousCommandLineAction
    {
        /// <inheritdoc/>
        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(
                "Settings, as --Name=value, in the environment (as Section__Name) or in appsettings.json;"
            );
            output.WriteLine("docs/configuration.md explains them:");
            foreach (var name in settings)
                output.WriteLine($"  {name}");

            return result;
        }
    }
}
