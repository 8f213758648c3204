using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>
/// A database of an earlier build gives the same answers under this build, and takes new notifications.
/// </summary>
/// <remarks>
/// With the variable UPGRADE_FIXTURES the fixtures of this build are made first: do this before the schema changes.
/// </remarks>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int DifferencesShown = 20;

    private static readonly bool AreMade = Environment.GetEnvironmentVariable("UPGRADE_FIXTURES") is { Length: > 0 };

    public static TheoryData<string> Fixtures => [.. AreMade ? UpgradeFixture.NamesOfThisBuild : UpgradeFixture.Names];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task An_upgrade_changes_no_answer_and_workflows_go_on_without_a_gap(string name)
    {
        var fixture = new UpgradeFixture(name);
        if (AreMade)
            await Make(fixture);

        await using var database = await Restore(fixture);
        await ShouldGoOnAsBefore(database, fixture);
    }

    /// <summary>All states are lost, and the rows of the list with them.</summary>
    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task A_rebuild_from_the_receipts_changes_no_answer(string name)
    {
        var fixture = new UpgradeFixture(name);
        await using var database = await Restore(fixture);
        await database.ExecuteAsync("DELETE FROM orleansstorage");

        await UpgradeProduct.RunAsync(database, "rebuild");

        await ShouldGoOnAsBefore(database, fixture);
    }

    private static async Task<UpgradeDatabase> Restore(UpgradeFixture fixture)
    {
        var database = await UpgradeDatabase.CreateAsync(fixture.Kind);
        await database.RestoreAsync(await fixture.ReadDatabaseAsync());
        await UpgradeProduct.RunAsync(database, "migrate");
        return database;
    }

    private async Task ShouldGoOnAsBefore(UpgradeDatabase database, UpgradeFixture fixture)
    {
        await using var product = await UpgradeProduct.StartAsync(database, UpgradeProduct.Vocabulary);

        var lastId = await ShouldAnswerAsBefore(product, await fixture.ReadAnswersAsync());
        (await UpgradeProduct.AuditAsync(database)).ShouldBeClean();
        await ShouldGoOn(product, lastId);
        (await UpgradeProduct.AuditAsync(database)).ShouldBeClean();
    }

    private static async Task Make(UpgradeFixture fixture)
    {
        await using var database = await UpgradeDatabase.CreateAsync(fixture.Kind);
        await using var product = await new UpgradeStory(database).PlayAsync();
        var answers = await new UpgradeQuestions(product).AskAllAsync(UpgradeStory.Deleted);
        await product.StopAsync();
        (await UpgradeProduct.AuditAsync(database)).ShouldBeClean();
        await fixture.WriteAsync(await database.ReadAsync(), answers);
    }

    /// <returns>The id of the last event of the feed.</returns>
    private async Task<string> ShouldAnswerAsBefore(
        UpgradeProduct product,
        IReadOnlyCollection<RecordedResponse> answers
    )
    {
        var differences = new List<string>();
        string? lastId = null;
        foreach (var before in answers)
        {
            var after = before;
            if (before.Path.Contains("last_event_id=", StringComparison.Ordinal))
                (lastId, after) = await product.FollowAsync(before.Path, (count, _) => count == before.Parts.Length);
            else
                after = await product.AskAsync(before.Path);

            differences.AddRange(Differences(before, after).Where(static difference => !IsWording(difference)));
        }

        output.WriteLine($"{answers.Count} answers, {differences.Count} differences");
        differences.Take(DifferencesShown).ShouldBeEmpty($"{differences.Count} in all");
        return lastId.ShouldNotBeNull();
    }

    // A sentence is a text for people, which a version may word otherwise. The rule that it explains is compared.
    private static bool IsWording(string difference) => difference.Contains(".sentence is ", StringComparison.Ordinal);

    private static IEnumerable<string> Differences(RecordedResponse before, RecordedResponse after)
    {
        if (before.Status != after.Status)
            return [$"{before.Path} is {after.Status}, not {before.Status}"];

        var (headers, newHeaders) = (string.Join("; ", before.Headers), string.Join("; ", after.Headers));
        if (headers != newHeaders)
            return [$"{before.Path} has the headers {newHeaders}, not {headers}"];

        return before.Parts.Length != after.Parts.Length
            ? [$"{before.Path} has {after.Parts.Length} parts, not {before.Parts.Length}"]
            : before
                .Parts.Zip(after.Parts)
                .SelectMany((parts, i) => Differences($"{before.Path} [{i}]", parts.First, WithoutFacts(parts.Second)));
    }

    private static IEnumerable<string> Differences(string path, string before, string after)
    {
        if (before == after)
            return [];

        return before.StartsWith('{') && after.StartsWith('{')
            ? JsonDifferences.Find(path, Json(before), Json(after)).DefaultIfEmpty($"{path} is written otherwise")
            : [$"{path} is {after}, not {before}"];
    }

    /// <summary>An answer as it was before there were facts, of which an older build has none.</summary>
    private static string WithoutFacts(string answer) =>
        answer
            .Replace(",\"facts\":{}", string.Empty, StringComparison.Ordinal)
            .Replace("\"fact\":null,", string.Empty, StringComparison.Ordinal);

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    /// <summary>
    /// A change and a repeat of each workflow take the next numbers, and the feed continues with them.
    /// </summary>
    private static async Task ShouldGoOn(UpgradeProduct product, string lastId)
    {
        var listed = (await product.GetJsonAsync("/workflows?limit=1000"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(IdAndVersion)
            .ToList();
        listed.Count.ShouldBeGreaterThan(50);
        foreach (var (id, version) in listed)
        {
            var seq = await LastSeq(product, id);
            var body = NewNode(id);
            (await Send(product, body)).Version.ShouldBe(version + 1, id);
            (await Send(product, body)).Version.ShouldBe(version + 1, id);
            (await LastSeq(product, id)).ShouldBe(seq + 2, id);
            IdAndVersion(await product.GetJsonAsync(UpgradeQuestions.PathOf(id))).ShouldBe((id, version + 1));
        }

        foreach (var id in UpgradeStory.Deleted)
        {
            (await Send(product, NewNode(id))).Effect.ShouldBe("stale");
            using var gone = await product.GetAsync(UpgradeQuestions.PathOf(id));
            ((int)gone.StatusCode).ShouldBe(410);
        }

        var (_, feed) = await product.FollowAsync($"/events?last_event_id={lastId}", (count, _) =>
            count == listed.Count
        );
        feed.Parts.Select(static part => IdAndVersion(Json(part[part.IndexOf('{', StringComparison.Ordinal)..])))
            .ShouldBe(listed.Select(static row => (row.Id, row.Version + 1)));
    }

    private static byte[] NewNode(string id) =>
        VendorJson.Write(
            new StatusChange(
                id,
                "Upgraded",
                "running",
                [new StatusChangeAction("upgraded", "A call", "call", null, "calling")]
            )
        );

    private static (string Id, long Version) IdAndVersion(JsonElement shown) =>
        (shown.GetProperty("workflow_id").GetString()!, shown.GetProperty("version").GetInt64());

    private static async Task<(string Effect, long Version)> Send(UpgradeProduct product, byte[] body)
    {
        using var answer = await product.PostAsync("/webhooks/airudder/workflow-status", body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (Header("X-Effect"), long.Parse(Header("X-Workflow-Version")));

        string Header(string name) => answer.Headers.GetValues(name).Single();
    }

    private static async Task<long> LastSeq(UpgradeProduct product, string id) =>
        (await product.GetJsonAsync(UpgradeQuestions.PathOf(id, "/receipts", "&limit=1000")))
            .GetProperty("items")
            .EnumerateArray()
            .Last()
            .GetProperty("seq")
            .GetInt64();
}
