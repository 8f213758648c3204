using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>
/// What happened to the database of a fixture: everything that storage knows, made by HTTP and commands only. One
/// notification at a time, so that two databases have the same story.
/// </summary>
/// <param name="database">The database.</param>
internal sealed class UpgradeStory(UpgradeDatabase database) : UpgradeSender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>The vocabulary in between, under which everything that was known then was folded again.</summary>
    private static readonly string[] Other =
    [
        "--Vocabulary:Words:on hold=scheduled",
        "--Vocabulary:Words:quota wait=failed:5",
        "--Vocabulary:Ranking=completed,failed,cancelled",
    ];

    /// <summary>Workflows that are deleted: no list shows them.</summary>
    public static ImmutableArray<string> Deleted { get; } = ["deleted", "gelöscht/100 %"];

    /// <summary>Plays it.</summary>
    /// <returns>The product, which still runs.</returns>
    public async Task<UpgradeProduct> PlayAsync()
    {
        await UpgradeProduct.RunAsync(database, "migrate");
        await UpgradeProduct.RunAsync(database, "adopt-vocabulary");
        await During(
            TrimAndDelete,
            "--Retention:Receipts:MaxPerWorkflow=3",
            "--Retention:EndedWorkflows:Days=0",
            "--Retention:EverySeconds=1",
            "--Workflows:MaxNodeTypes=3"
        );
        await During(BeforeRefold);
        await UpgradeProduct.RunAsync(database, "adopt-vocabulary", Other);
        await During(Refold, Other);
        await UpgradeProduct.RunAsync(database, "adopt-vocabulary", UpgradeProduct.Vocabulary);
        Product = await UpgradeProduct.StartAsync(database, UpgradeProduct.Vocabulary);
        await Words();
        await Attention();
        await Names();
        await Repeats();
        await Trimmed();
        await Large();
        await Refused();

        // Silos store every three seconds how often a word was received.
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        return Product;
    }

    private async Task During(Func<Task> part, params IEnumerable<string> settings)
    {
        await using (Product = await UpgradeProduct.StartAsync(database, settings))
        {
            await part();
            await Product.StopAsync();
        }
    }

    private async Task TrimAndDelete()
    {
        foreach (var id in Deleted)
        {
            await Send(id, "running", Node("n1", "t1", "calling"));
            await Send(id, "running", Node("n1", "t1", "calling"));
            await Send(id, id == "deleted" ? "finished" : "failed", Node("n1", "t1", "finished"));
        }

        string[] words = ["creating", "running", "running", "paused", "creating", "running", "telepathy", "paused"];
        foreach (var status in words)
            await Send("trimmed", status, Node("n1", "t1", status), Node("n2", "t2", "calling", "sms"));

        // Its snapshot is of the first receipt, its baseline of a later one.
        await Send("trimmed-large", "running", Nodes(700, "calling"));
        for (var i = 0; i < 6; i++)
            await Send("trimmed-large", "running", Nodes(700, "answered")[i * 100]);

        // Refused with this limit, and sent again without it later.
        await SendBody(
            UpgradeProduct.SecretSource,
            VendorJson.Write(
                new StatusChange(
                    "resent",
                    "Autumn",
                    "running",
                    [.. "abcd".Select(static type => Node($"n{type}", type: $"{type}"))]
                )
            ),
            400
        );
        await Until(async () =>
            await IsAnswered("deleted", 410)
            && await IsAnswered(Deleted[1], 410)
            && await FirstReceipt("trimmed") == 6
            && await FirstReceipt("trimmed-large") == 5
        );
        await Send("deleted", "running");
        await Send(Deleted[1], "failed");
    }

    /// <summary>What the vocabularies read differently, and what they do not.</summary>
    private async Task BeforeRefold()
    {
        string[] words = ["on hold", "running", "quota wait", "finished", "stopped", "failed", "On_Hold"];
        for (var i = 0; i < words.Length; i++)
        {
            for (var step = 0; step < 3; step++)
            {
                var ofTask = words[(i + step) % words.Length];
                await Send($"refolded-{i}", words[(i + (step * 2)) % words.Length], Node("n1", $"t{step}", ofTask));
            }
        }

        await Send("refolded-large", "on hold", Nodes(700, "on hold"));
        await Send("refolded-large", "on hold", Nodes(700, "calling")[7]);
    }

    private async Task Refold()
    {
        using var begun = await Product.PostAsync("/admin/refold", []);
        begun.IsSuccessStatusCode.ShouldBeTrue(await begun.Content.ReadAsStringAsync());
        await Until(async () =>
            (await Product.GetJsonAsync("/admin/refold")).GetProperty("state").GetString() == "finished"
        );

        // A repeat, a stale one and a change behind the mark of the refold.
        await Send("refolded-0", "stopped", Node("n1", "t2", "quota wait"));
        await Send("refolded-1", "creating");
        await Send("refolded-2", "quota wait", Node("n2", "t1", "on hold"));
        await Send("refolded-large", "running", Nodes(700, "on hold")[9]);
        foreach (var status in (string[])["on hold", "quota wait", "finished", "running"])
            await Send($"other words/{status}", status, Node("n1", "t1", "quota wait"), Node("n1", "t2", "finished"));
    }

    private async Task Words()
    {
        string[] words =
        [
            "creating",
            "Not_Started",
            "running",
            "PAUSED",
            "ringing",
            "answered",
            "finished",
            "delivered",
            "read",
            "stopped",
            "failed",
            "no answer",
            "on hold",
            "proofreading",
            "telepathy",
            "Über-Leitung",
            "待处理",
        ];
        for (var i = 0; i < words.Length; i++)
        {
            StatusChangeAction[] nodes = [Node("n1", "t1", words[i]), Node("n2", null, words[i], "T/ß")];
            await SendFrom(Default, $"word-{i}", $"Autumn {words[i]}", words[i], [.. nodes]);
        }

        // Ranks, and a word of the vocabulary that was in force before.
        await Send("ranks", "calling", Node("n1", "t1", "sending"), Node("n1", "t2", "delivered"));
        await Send("ranks", "proofreading", Node("n1", "t1", "sent"), Node("n1", "t2", "read"));
        await Send("ranks", "calling", Node("n1", "t1", "sending"), Node("n1", "t2", "delivered"));
        await Send("other words/on hold", "quota wait", Node("n1", "t1", "on hold"));
        await Send("other words/finished", "failed");
        await Send("nothing but a status", "running");
    }

    private async Task Attention()
    {
        foreach (var status in (string[])["running", "finished", "failed", "finished", "stopped", "Completed"])
            await Send("conflict", status, Node("n1", "t1", status), Node("n1", null, "finished"));

        await Send("unfinished", "finished", Node("n1", "t1", "running"), Node("n2", "t1", "finished"));
        await SendFrom(Default, "sources", "Autumn", "creating", Node("n1", "t1", "calling"));
        await SendFrom(UpgradeProduct.SecretSource, "sources", "Autumn", "running", Node("n1", "t1", "calling"));
        await SendFrom(UpgradeProduct.SecretSource, "only-the-other-source", "Autumn", "running");
        await Send("everything", "running", Node("n1", "t1", "telepathy"));
        await SendFrom(UpgradeProduct.SecretSource, "everything", "Autumn", "finished", Node("n1", "t2", "running"));
        await Send("everything", "failed", Node("n1", "t3", "telekinesis"));
    }

    private async Task Names()
    {
        string[] ids =
        [
            "a/b",
            "a%2Fb",
            "100 %",
            "two  words",
            "ümläut-ß-漢字-😀",
            "UPPER",
            "upper",
            "-",
            "a?b#c&d=e+f",
            "\"quoted\"\\",
            "'; --",
            new('i', 128),
        ];
        foreach (var id in ids)
        {
            StatusChangeAction[] others = [Node("*", "%", "running"), Node("..", null, "finished")];
            await Send(id, "running", [Node(id, id, "calling", "T/ß", id), .. others]);
            await Send(id, "running", Node(id, id, "answered", "T/ß", id));
        }

        string?[] names =
        [
            new string('X', 300),
            new string('Ä', 300),
            "AUTUMN",
            "autumn",
            "ÄPFEL",
            "äpfel",
            "",
            null,
            " a'b\"c\\d\n\te ",
        ];
        for (var i = 0; i < names.Length; i++)
            await SendFrom(Default, $"name-{i}", names[i], "running", Node("n1", "t1", "calling", names[i], names[i]));

        foreach (var name in (string[])["First", "Second", "First"])
            await SendFrom(Default, "renamed", name, "running", Node("n1", "t1", "calling", name, name));

        // Repaired fields, and fields that the product does not read.
        string[] bodies =
        [
            """{"workflow_id": 4711.50, "workflow_name": "half \ud800", "status":"running",  "actions":[], "a":1.0}""",
            """{"workflow_id":"repaired","workflow_name":null,"status":"running","actions":[{"nodetask_id":7}]}""",
        ];
        foreach (var body in bodies)
            await SendText(Default, body, 200);

        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(VendorJson.Write(new StatusChange("compressed", "Autumn", "running", [Node("n1")])));

        await SendBody(Default, compressed.ToArray(), 200, coding: "gzip");
    }

    /// <summary>Last receipts that changed no state: only their number and their time are known of them.</summary>
    private async Task Repeats()
    {
        foreach (var status in (string[])["running", "finished", "finished", "finished"])
            await Send("repeated", status, Node("n1", "t1", status));

        foreach (var status in (string[])["running", "paused", "creating", "creating"])
            await Send("stale", status, Node("n1", "t1", status));

        // Provably old: it reports the task as it was before.
        await Send("provably old", "running", Node("n1", "t1", "finished"));
        await Send("provably old", "paused", Node("n1", "t1", "calling"));
        await Send("provably old", "paused", Node("n1", "t1", "calling"));
    }

    private async Task Trimmed()
    {
        await Send("trimmed", "failed", Node("n1", "t1", "finished"));
        await Send("trimmed", "finished", Node("n3", "t3", "running"));
        await Send("trimmed", "finished", Node("n3", "t3", "running"));
    }

    /// <summary>On PostgreSQL a wide one is stored as edits. A large one has receipts behind its snapshot.</summary>
    private async Task Large()
    {
        var nodes = Nodes(60, "calling");
        await Send("wide", "running", nodes);
        for (var i = 10; i < 40; i += 10)
        {
            nodes = nodes.SetItem(i, nodes[i] with { TaskStatus = "answered" });
            await Send("wide", "running", nodes);
        }

        await Send("wide", "running", nodes);
        await Send("large", "running", Nodes(2000, "calling"));
        for (var i = 0; i < 8; i++)
            await Send("large", "running", Nodes(2000, i < 4 ? "answered" : "finished")[i * 199]);

        await Send("large", "creating");
        await Send("large", "running", Nodes(2000, "calling")[1]);
    }

    private async Task Refused()
    {
        await SendBody(Default, "{"u8.ToArray(), 400);
        await SendText(Default, """{"workflow_id":"refused","workflow_name":"<b>Ä</b>","status":"running"}""", 400);
        await SendText(UpgradeProduct.SecretSource, """{"workflow_id":"r","workflow_name":"A","actions":[]}""", 400);
        await SendBody(Default, "workflow_id=refused"u8.ToArray(), 415, "application/x-www-form-urlencoded");
        await SendBody($"{UpgradeProduct.SecretSource}/wrong", "{}"u8.ToArray(), 401);
        using (var unknown = await Product.PostAsync("/webhooks/airudder/call-status", "{}"u8.ToArray()))
            unknown.IsSuccessStatusCode.ShouldBeFalse();

        // Both that kept a body of the source with a secret: one is accepted now, one is refused again.
        var sent = 0;
        var list = await (await Product.GetAsync("/console/refused")).Content.ReadAsStringAsync();
        foreach (Match link in Regex.Matches(list, "(?<=href=\")/console/refused/[^\"]+"))
        {
            var path = link.Value;
            var page = await (await Product.GetAsync(path)).Content.ReadAsStringAsync();
            if (!page.Contains($"<b><bdi>{UpgradeProduct.SecretSource}", StringComparison.Ordinal))
                continue;

            using var answer = await Product.PostAsync(path + "/resend", []);
            sent++;
        }

        sent.ShouldBe(2);
        await Send("resent", "running", Node("na", type: "a"));
    }

    private async Task<bool> IsAnswered(string id, int status)
    {
        using var answer = await Product.GetAsync(UpgradeQuestions.PathOf(id));
        return (int)answer.StatusCode == status;
    }

    private async Task<long> FirstReceipt(string id) =>
        (await Product.GetJsonAsync($"/workflows/{id}/receipts")).GetProperty("items")[0].GetProperty("seq").GetInt64();

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        using var late = new CancellationTokenSource(Deadline);
        while (!await condition())
            await timer.WaitForNextTickAsync(late.Token);
    }
}
