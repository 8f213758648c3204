using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>
/// The product's own words on a page: its text and the attributes that are shown or read aloud. The words of senders
/// are left out: they are in <c>bdi</c> or in a body.
/// </summary>
internal static partial class PageText
{
    private const string Collect = """
        () => {
          const foreign = "script, style, bdi, .json";
          const texts = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
          for (let node = walker.currentNode; node; node = walker.nextNode()) {
            if ((node.parentElement ?? node).closest(foreign)) continue;
            if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
            else if (!node.matches(foreign)) {
              for (const name of ["title", "aria-label", "placeholder", "alt"])
                texts.push(node.getAttribute(name) ?? "");
            }
          }
          return texts.filter((text) => text.trim() !== "");
        }
        """;

    /// <summary>The texts of a page that look like markup or code.</summary>
    public static async Task<IReadOnlyList<string>> CodeInTextAsync(this IPage page)
    {
        var texts = await page.EvaluateAsync<string[]>(Collect);
        texts.Length.ShouldBeGreaterThan(5, page.Url);

        // The only placeholder that a page shows on purpose: the address that a sender posts to.
        return
        [
            .. texts.Where(static text =>
                Code().IsMatch(text.Replace("{source}", string.Empty, StringComparison.Ordinal))
            ),
        ];
    }

    /// <summary>
    /// Visits the console and everything that it leads to, two pages of each kind, and gives the texts that look like
    /// code.
    /// </summary>
    public static async Task<(IReadOnlySet<string> Kinds, IReadOnlyList<string> Found)> CrawlAsync(
        this Window window,
        Uri address,
        params IEnumerable<string> first
    )
    {
        const int OfEachKind = 2;
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "/console" };
        seen.UnionWith(first);
        var open = new Queue<string>(seen);
        var found = new List<string>();
        while (open.TryDequeue(out var path))
        {
            var kind = Kind(path);
            if (kinds.GetValueOrDefault(kind) == OfEachKind)
                continue;

            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            var page = window.Page;
            var status = (await page.GotoAsync(new Uri(address, path).AbsoluteUri)).ShouldNotBeNull().Status;

            // Retention may have removed the version, the receipt or the refused request that is linked.
            var mayBeGone =
                path.StartsWith("/console/receipts/", StringComparison.Ordinal)
                || path.StartsWith("/console/refused/", StringComparison.Ordinal);
            (status is 200 or 410 || (status == 404 && mayBeGone)).ShouldBeTrue($"{path}: {status}");
            found.AddRange((await page.CodeInTextAsync()).Select(text => $"{path}: {text}"));
            var links = await page.EvaluateAsync<string[]>(
                "() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href').split('#')[0])"
            );

            // A file is no page.
            // HostileTests sends an id and names that look like markup; what is shown of them it judges itself.
            var inside = links.Where(static link =>
                link.StartsWith("/console", StringComparison.Ordinal)
                && !link.StartsWith("/console/export/", StringComparison.Ordinal)
                && !Uri.UnescapeDataString(link).Contains('<', StringComparison.Ordinal)
            );
            foreach (var link in inside.Where(seen.Add))
                open.Enqueue(link);
        }

        return (kinds.Keys.ToHashSet(StringComparer.Ordinal), found);
    }

    /// <summary>A path with what names a single thing taken out: <c>/console/workflows/*?version=</c>.</summary>
    private static string Kind(string path)
    {
        var parts = path.Split('?', 2);
        var names = parts.Length == 1 ? [] : parts[1].Split('&').Select(static pair => pair.Split('=')[0] + "=");
        return Id().Replace(parts[0], "$1/*") + (parts.Length == 1 ? string.Empty : "?" + string.Join('&', names));
    }

    [GeneratedRegex(@"[{}<>@]|&(?:[a-z]+|#\d+);|\b(?:True|False|NaN|null)\b|System\.|Grains\.")]
    private static partial Regex Code();

    [GeneratedRegex("(/workflows|/nodes|/receipts|/refused)/[^/?]+")]
    private static partial Regex Id();
}
