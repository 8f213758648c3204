namespace Orleans.Workflow.Hosting.Settings;

/// <summary>A setting as docs/configuration.md describes it.</summary>
/// <param name="Key">Its name. A part in braces is chosen by the operator: <c>Sources:{name}:RatePerSecond</c>.</param>
/// <param name="Meaning">What it does, in Markdown.</param>
/// <param name="Allowed">Its values, in Markdown.</param>
/// <param name="Default">Its value if it is not set; null if it then has none.</param>
/// <param name="Unit">The unit of a number.</param>
public sealed record Setting(string Key, string Meaning, string Allowed, string? Default = null, string? Unit = null)
{
    /// <summary>The name until version 0.1, which is still read; null if it was the same.</summary>
    public string? OldKey => RenamedSettings.OldNameOf(Key);
}
