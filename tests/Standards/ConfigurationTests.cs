using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>The settings in docs/configuration.md and in the files of defaults are those of the code.</summary>
public sealed class ConfigurationTests
{
    private const string Renew = "RENEW_CONFIGURATION";
    private const string Start =
        "<!-- settings: generated from the code; run tests/Standards with RENEW_CONFIGURATION=1 -->\n";
    private const string End = "<!-- /settings -->";
    private const string General = "General";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void The_document_describes_the_settings()
    {
        var file = Path.Combine(Repository.Root, "docs", "configuration.md");
        var text = File.ReadAllText(file);
        var from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        (from >= Start.Length && to >= from).ShouldBeTrue($"{file} must hold {Start} and {End}");

        ShouldHold(file, text[..from] + Tables(SettingsOfTheApi()) + text[to..]);
    }

    [Fact]
    public void The_settings_of_a_silo_are_settings_of_the_Api_too() =>
        SettingsOfASilo().Select(static setting => setting.Key).ShouldBeSubsetOf(Keys(SettingsOfTheApi()));

    [Fact]
    public void Every_setting_is_described_in_sentences()
    {
        foreach (var setting in SettingsOfTheApi())
        {
            setting.Meaning.ShouldEndWith(".", customMessage: setting.Key);
            setting.Allowed.ShouldNotBeEmpty(setting.Key);
        }
    }

    [Fact]
    public void The_file_of_the_Api_holds_the_defaults() =>
        ShouldHold(Path.Combine(Repository.Root, "src", "Api", "appsettings.json"), Defaults(SettingsOfTheApi()));

    [Fact]
    public void The_file_of_a_silo_holds_the_defaults() =>
        ShouldHold(Path.Combine(Repository.Root, "src", "Silo", "appsettings.json"), Defaults(SettingsOfASilo()));

    private static void ShouldHold(string file, string content)
    {
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            File.WriteAllText(file, content);

        File.Exists(file).ShouldBeTrue($"there is no {file}; run these tests once with {Renew}=1");
        File.ReadAllText(file)
            .ShouldBe(
                content,
                $"The settings have changed. Review the difference in {Repository.Relative(file)} after running these "
                    + $"tests once with {Renew}=1."
            );
    }

    private static IReadOnlyCollection<Setting> SettingsOfTheApi()
    {
        var reader = SettingsReader.ForDocuments();
        ApiHost.ReadSettings(reader);
        return reader.Settings;
    }

    private static IReadOnlyCollection<Setting> SettingsOfASilo()
    {
        var reader = SettingsReader.ForDocuments();
        HostSettings.Read(reader, ClusterMode.Clustered);
        return reader.Settings;
    }

    private static IEnumerable<string> Keys(IEnumerable<Setting> settings) =>
        settings.Select(static setting => setting.Key);

    private static string Tables(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder();
        foreach (
            var section in settings
                .OrderBy(static setting => setting.Key, StringComparer.OrdinalIgnoreCase)
                .GroupBy(static setting => setting.Key.Contains(':') ? setting.Key.Split(':')[0] : General)
                .OrderBy(static section => section.Key != General)
        )
        {
            text.Append(
                $"\n## {section.Key}\n\n| setting | meaning | unit | default | allowed |\n|---|---|---|---|---|\n"
            );
            foreach (var setting in section)
                text.Append($"| `{setting.Key}` | {Meaning(setting)} | {setting.Unit} | ")
                    .Append($"{Code(setting.Default)} | {setting.Allowed} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Meaning(Setting setting) =>
        setting.OldKey is { } oldKey ? $"{setting.Meaning} Old name: `{oldKey}`." : setting.Meaning;

    private static string? Code(string? value) => value is null ? null : $"`{value}`";

    /// <summary>The levels of the log, and every default that may be given without changing anything.</summary>
    private static string Defaults(IEnumerable<Setting> settings)
    {
        var json = new JsonObject { ["Logging"] = new JsonObject { ["LogLevel"] = LogLevels() } };
        foreach (
            var setting in settings
                .Where(IsTheSameIfGiven)
                .OrderBy(static setting => setting.Key, StringComparer.OrdinalIgnoreCase)
        )
        {
            var names = setting.Key.Split(':');
            var section = json;
            foreach (var name in names[..^1])
            {
                var inner = section[name] as JsonObject ?? [];
                section[name] ??= inner;
                section = inner;
            }

            section[names[^1]] = Value(setting.Default!);
        }

        return json.ToJsonString(Indented) + "\n";
    }

    private static bool IsTheSameIfGiven(Setting setting) =>
        setting is { Default: not null, OldKey: null }
        // A value in the file would win over the variables of .NET, such as ASPNETCORE_URLS.
        && setting.Key.Contains(':')
        && !setting.Key.Contains('{')
        // Whether it is given decides what else must be, or it has another default in Development or for a silo.
        && setting.Key is not ("ConnectionStrings:Workflows" or "Cluster:Mode")
        && !setting.Key.StartsWith("Access:", StringComparison.Ordinal);

    private static JsonValue Value(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : bool.TryParse(text, out var isOn) ? JsonValue.Create(isOn)
        : JsonValue.Create(text);

    private static JsonObject LogLevels()
    {
        var empty = Directory.CreateTempSubdirectory("owf-settings-");
        try
        {
            var configuration = WorkflowHost.CreateBuilder([$"--contentRoot={empty.FullName}"]).Configuration;
            return new JsonObject(
                configuration
                    .GetSection("Logging:LogLevel")
                    .GetChildren()
                    .Select(static level => KeyValuePair.Create(level.Key, (JsonNode?)level.Value))
            );
        }
        finally
        {
            empty.Delete();
        }
    }
}
