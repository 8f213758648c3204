using System.Text.RegularExpressions;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>What the documents look like.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_link_to_a_file_leads_to_one()
    {
        string[] documents = [.. Repository.Files("", ".md")];
        var links = documents
            .SelectMany(static document =>
                Link()
                    .Matches(File.ReadAllText(document))
                    .Select(link => (Document: document, Target: link.Groups["target"].Value))
            )
            .ToList();

        links.Count.ShouldBeGreaterThan(100);
        links
            .Where(static link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.Document)!, link.Target)))
            .Select(static link => $"{Repository.Relative(link.Document)}: {link.Target}")
            .ShouldBeEmpty();
    }

    /// <summary>A link without a scheme, up to its place in the file.</summary>
    [GeneratedRegex(@"\]\((?![a-z]+:|#)(?<target>[^)\s#]+)")]
    private static partial Regex Link();
}
