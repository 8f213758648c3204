using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>How much HTTP takes on at the same time; more is answered 429 at once.</summary>
/// <param name="MostInFlight">How many requests may be worked on.</param>
/// <param name="MostWaits">How many more may wait for a workflow to reach something.</param>
internal sealed record HttpSettings(int MostInFlight, int MostWaits)
{
    /// <summary>Reads the section <c>Http</c>.</summary>
    public static HttpSettings Read(SettingsReader reader)
    {
        reader.OnlyKnown("Http", "MostInFlight", "MostWaits");
        return new HttpSettings(
            reader.Number("Http:MostInFlight", 1024, 1, 1_000_000),
            reader.Number("Http:MostWaits", 4096, 1, 1_000_000));
    }
}
