using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Admin;

/// <summary>
/// Reads a vocabulary to try from the body of a request: what the section <c>Vocabulary</c> of the settings would hold.
/// </summary>
internal static class CandidateVocabulary
{
    /// <summary>Reads a body.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not an object.</exception>
    /// <exception cref="SettingsException">A setting is invalid.</exception>
    public static Vocabulary Read(byte[] body)
    {
        var settings = new ConfigurationBuilder().AddJsonStream(new MemoryStream(body)).Build();
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings
                    .AsEnumerable()
                    .Select(static setting => KeyValuePair.Create($"Vocabulary:{setting.Key}", setting.Value))
            )
            .Build();
        var reader = new SettingsReader(section);
        var vocabulary = VocabularyReader.Read(reader);
        reader.ThrowIfAny();
        return vocabulary;
    }
}
