using Orleans.Workflow.Benchmarks.Checks;

namespace Orleans.Workflow.Benchmarks.Contestants;

/// <summary>A service that takes part.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Assembly">Its program.</param>
/// <param name="Arguments">Its arguments beside address and storage.</param>
/// <param name="UsesSqlite">Whether it stores in a SQLite file; else in PostgreSQL.</param>
/// <param name="Check">What it must hold after a run.</param>
/// <param name="Silos">How many silos are processes of their own; 0: it is one process.</param>
internal sealed record Contestant(
    string Name,
    string Assembly,
    IReadOnlyList<string> Arguments,
    bool UsesSqlite,
    IStateCheck Check,
    int Silos = 0
)
{
    // No contestant asks for a credential.
    private static readonly string[] Open = ["--Sources:airudder:AllowAnonymous=true", "--Access:AllowAnonymous=true"];

    public static Contestant Product { get; } =
        new(
            "product",
            Repository.ProductAssembly,
            ["--Storage:Provider=Postgres", .. Open],
            UsesSqlite: false,
            new FoldCheck()
        );

    public static Contestant ProductClustered { get; } = Product with { Name = "two silos", Silos = 2 };

    public static Contestant ProductSqlite { get; } =
        new(
            "product (SQLite)",
            Repository.ProductAssembly,
            ["--Storage:Provider=Sqlite", .. Open],
            UsesSqlite: true,
            new FoldCheck()
        );

    public static Contestant ByHand { get; } =
        new("by hand", Repository.Peer("ByHand"), [], UsesSqlite: false, new LastMessageCheck());

    /// <summary>The same without a database: what HTTP and the load leave, which no service can exceed.</summary>
    public static Contestant WithoutDatabase { get; } =
        ByHand with
        {
            Name = "without a database",
            Arguments = ["--ByHand:WithoutDatabase=true"],
        };

    public static Contestant ByHandSqlite { get; } =
        new("by hand (SQLite)", Repository.Peer("ByHandSqlite"), [], UsesSqlite: true, new LastMessageCheck());

    public static Contestant PlainOrleans { get; } =
        new("plain Orleans", Repository.Peer("PlainOrleans"), [], UsesSqlite: false, new LastMessageCheck());

    public static Contestant TunedOrleans { get; } =
        new(
            "plain Orleans, tuned",
            Repository.Peer("PlainOrleans"),
            ["--Tuned=true"],
            UsesSqlite: false,
            new LastMessageCheck()
        );

    /// <summary>The same as another build, with other settings, or both.</summary>
    /// <param name="words">The build's Api.dll, unless it is this one; and its settings.</param>
    public Contestant As(IReadOnlyList<string> words)
    {
        var isOtherBuild = words is [var first, ..] && !first.StartsWith('-');
        return this with
        {
            Name = $"{Name}, {string.Join(' ', isOtherBuild ? words.Skip(1).Prepend("another build") : words)}",
            Assembly = isOtherBuild ? Path.GetFullPath(words[0]) : Assembly,
            Arguments = [.. Arguments, .. words.Skip(isOtherBuild ? 1 : 0)],
        };
    }

    public bool IsProduct => Assembly == Repository.ProductAssembly;
}
