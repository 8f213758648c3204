using System.Globalization;
using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>The fold never throws for any strings, and its properties hold for them too.</summary>
public sealed class TotalityTests
{
    /// <summary>How many histories a run folds; an environment variable changes it.</summary>
    private static readonly int Count = int.Parse(
        Environment.GetEnvironmentVariable("TOTALITY_HISTORIES") ?? "5000",
        CultureInfo.InvariantCulture
    );

    // Few strings, so that they meet again; lone surrogates, NUL and empty strings among them.
    private static readonly string[] Nasty =
    [
        "",
        " ",
        "_",
        "\0",
        "\ud800",
        "\udc00x",
        "İ",
        "ẞ",
        "Finished",
        "FAILED",
        "run\u2003ning",
        "in__progress",
        "a",
        "A",
        "é",
        "e\u0301",
        "\u200b",
    ];

    private static readonly Gen<string> Text = Gen.Frequency(
        (3, Gen.OneOf(Nasty)),
        (1, (IGen<string>)Gen.String[0, 6])
    );

    private static readonly Gen<string?> Optional = Gen.Null(Text, 0.3);

    private static readonly Gen<StatusChangeAction> Entries = Gen.Select(
        Text,
        Optional,
        Optional,
        Optional,
        Optional,
        (node, name, type, task, status) => new StatusChangeAction(node, name, type, task, status)
    );

    private static readonly Gen<History> Histories = Gen.Select(
            Optional,
            Text,
            Entries.Array[0, 8],
            (name, status, entries) => new StatusChange("w1", name, status, [.. entries])
        )
        .Array[1, 8]
        .Select(static said =>
        {
            var receipts = said.Select(static notification => new Delivery(Campaign.DefaultSource, notification))
                .Receipts();
            return new History(receipts, [.. receipts.Reverse(), receipts[0]]);
        });

    [Fact]
    public void The_fold_is_total_over_arbitrary_strings() =>
        Histories.Sample(
            static history =>
            {
                var fold = new WorkflowFold(Vocabulary.Default);
                foreach (var property in FoldProperties.All)
                {
                    var violation = property.Check(fold, history);
                    Assert.True(violation is null, violation);
                }
            },
            iter: Count,
            print: static history =>
                string.Join('\n', history.Receipts.Select(static receipt => Escape(receipt.Notification)))
        );

    [Fact]
    public void Normalising_twice_is_normalising_once() =>
        Text.Sample(
            static word =>
            {
                var once = Vocabulary.Normalise(word);
                Assert.Equal(once, Vocabulary.Normalise(once));
            },
            iter: 20_000,
            print: Escape
        );

    private static string Escape(StatusChange said) =>
        Escape(
            $"{said.WorkflowName}|{said.Status}: "
                + string.Join("; ", said.Actions.Select(static entry => entry.ToString()))
        );

    private static string Escape(string text) =>
        string.Concat(text.Select(static c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));
}
