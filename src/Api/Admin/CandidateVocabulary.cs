using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Admin;

/// <summary>Reads a vocabulary to try from the body of a request: what the section <c>Vocabulary</c> of the settings would hold.</summary>
internal static class CandidateVocabulary
{
    /// <summary>Reads the body.</summary>
    /// <returns>The vocabulary; null if the body is empty.</returns>
    /// <exception cref="FormatException">The body is not JSON.</exception>
    /// <exception cref="SettingsException">It makes no sense.</exception>
    public static async Task<Vocabulary?> Read(HttpRequest request, int largestBody)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (body.Length == 0)
            return null;

        if (body.Length > largestBody)
            throw new FormatException($"The body has more than {largestBody} bytes.");

        body.Position = 0;
        var told = new ConfigurationBuilder().AddJsonStream(body).Build();
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(told.AsEnumerable().Select(static setting => KeyValuePair.Create($"Vocabulary:{setting.Key}", setting.Value)))
            .Build();
        var reader = new SettingsReader(section);
        var vocabulary = VocabularyReader.Read(reader);
        reader.ThrowIfAny();
        return vocabulary;
    }
}
