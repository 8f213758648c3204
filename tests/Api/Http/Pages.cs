using System.Text.Json;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>Follows the cursors of a list.</summary>
internal static class Pages
{
    /// <summary>The items of all pages; each but the last holds as many as asked for.</summary>
    public static async Task<List<JsonElement>> ReadAllAsync(
        ApiClient client,
        string path,
        int limit,
        int most = 10_000
    )
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var query = $"{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}";
            var page = (await client.GetAsync(path + query)).Expect(200).Json;
            cursor = page.Word("next_cursor");
            items.AddRange(page.Items("items"));
            page.Items("items").Count.ShouldBe(cursor is null ? page.Items("items").Count : limit);
            items.Count.ShouldBeLessThanOrEqualTo(most, "the pages come to no end");
        } while (cursor is not null);

        return items;
    }
}
