using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Commands;

/// <summary>One of the two programs of the product, as its command line describes and starts it.</summary>
/// <param name="Description">What <c>--help</c> says of it.</param>
/// <param name="ReadSettings">Reads all its settings, which <c>--help</c> lists.</param>
/// <param name="Run">Runs the host on its settings, each <c>--Name=value</c>, until it is stopped.</param>
public sealed record HostProgram(string Description, Action<SettingsReader> ReadSettings, Func<string[], Task> Run);
