using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Sees to it that the silos of a cluster read words alike: one vocabulary is in force, and the database says which.
/// </summary>
public static class VocabularyInitializer
{
    /// <summary>Puts a vocabulary in force in the place of another.</summary>
    public static async Task AdoptVocabulary(this IHost host, Vocabulary own)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(own);
        var store = host.Services.GetRequiredService<IVocabularyStore>();
        var before = await store.FindInForce(CancellationToken.None);
        if (before?.Fingerprint == own.Fingerprint)
            return;

        await store.Adopt(Row(host, own), CancellationToken.None);
        Log.VocabularyAdopted(
            host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Workflow.Vocabulary"),
            own.Fingerprint,
            before?.Fingerprint ?? "none"
        );
    }

    /// <summary>
    /// Compares a silo's vocabulary with the one in force; the first silo of all puts its own in force.
    /// </summary>
    /// <param name="host">The silo.</param>
    /// <param name="own">Its vocabulary.</param>
    /// <param name="adopt">Whether its own takes the place of another.</param>
    /// <exception cref="OtherVocabularyException">Another is in force.</exception>
    internal static async Task PrepareVocabulary(this IHost host, Vocabulary own, bool adopt)
    {
        var inForce = await host
            .Services.GetRequiredService<IVocabularyStore>()
            .PutFirst(Row(host, own), CancellationToken.None);
        if (inForce.Fingerprint == own.Fingerprint)
            return;

        if (!adopt)
            throw OtherVocabularyException.Of(VocabularyDocument.Read(inForce.Document), own);

        await host.AdoptVocabulary(own);
    }

    private static VocabularyRow Row(IHost host, Vocabulary vocabulary) =>
        VocabularyDocument.Row(
            vocabulary,
            host.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds()
        );
}

/// <summary>Another vocabulary is in force than a silo is configured with.</summary>
public sealed class OtherVocabularyException : Exception
{
    /// <summary>Says that another vocabulary is in force.</summary>
    public OtherVocabularyException()
        : this("Another vocabulary is in force.") { }

    /// <summary>Says which vocabulary is in force.</summary>
    public OtherVocabularyException(string message)
        : base(message) { }

    /// <summary>Says which vocabulary is in force, with what caused it.</summary>
    public OtherVocabularyException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Says where the two differ, and how to repair it.</summary>
    internal static OtherVocabularyException Of(Vocabulary inForce, Vocabulary own)
    {
        var differences = inForce
            .Words.Keys.Union(own.Words.Keys)
            .Select(word => (Word: word, InForce: Meaning(inForce, word), Own: Meaning(own, word)))
            .Where(static word => word.InForce != word.Own)
            .Select(static word => $"'{word.Word}' is {word.InForce} in force and {word.Own} here")
            .ToList();
        if (!inForce.Ranking.SequenceEqual(own.Ranking))
            differences.Add(
                $"the ranking is {string.Join(',', inForce.Ranking.Select(MeaningWords.Of))} in force and "
                    + $"{string.Join(',', own.Ranking.Select(MeaningWords.Of))} here"
            );

        return new OtherVocabularyException(
            $"The vocabulary in force is {inForce.Fingerprint}, and this silo is configured with {own.Fingerprint}: "
                + $"{string.Join("; ", differences)}. "
                + "Give it the section Vocabulary of the other silos; or, to change the words for all, put its "
                + "own in force with: "
                + "dotnet run --project src/Silo -- adopt-vocabulary (in a container: dotnet "
                + "Orleans.Workflow.Silo.dll adopt-vocabulary), with the same settings."
        );
    }

    private static string Meaning(Vocabulary vocabulary, string word) =>
        vocabulary.Words.TryGetValue(word, out var meaning) ? MeaningWords.Of(meaning) : "not listed";
}
