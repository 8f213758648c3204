using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>The product as it runs in production: every sender and every reader needs a credential.</summary>
public sealed class GuardedApi : IAsyncLifetime
{
    public const string OldSecret = "old-sender-secret-0123456789";
    public const string NewSecret = "new/sender+secret%-0123456789";
    public const string FarSecret = "far-sender-secret-0123456789";
    public const string OldReadKey = "old-reader-key-0123456789";
    public const string NewReadKey = "new-reader-key-0123456789";
    public const string PersonalKey = "supporter-key-0123456789";
    public const string OperateKey = "shift-key-0123456789";
    public const string AdminKey = "operator-key-0123456789";

    private readonly SqliteFile _database = new();
    private ApiProcess? _api;

    public ITestDatabase Database => _database;

    public ApiProcess Process => _api.ShouldNotBeNull();

    public ApiClient Client => Process.Client;

    /// <summary>The issuer whose tokens are taken.</summary>
    internal TokenIssuer Issuer { get; } = new();

    public static (string, string) Basic(string password, string user = "anybody") =>
        ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");

    public static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    public static (string, string) Key(string key) => ("X-Api-Key", key);

    public async ValueTask InitializeAsync() =>
        _api = await ApiProcess.StartInProductionAsync(
            _database,
            $"--Sources:guarded:Secrets:0={OldSecret}",
            $"--Sources:guarded:Secrets:1={NewSecret}",
            "--Sources:near:AllowedAddresses=127.0.0.0/8, ::1",
            "--Sources:far:AllowedAddresses:0=192.0.2.0/24",
            "--Sources:far:AllowedAddresses:1=2001:db8::/32",
            $"--Sources:far:Secrets:0={FarSecret}",
            "--Sources:outside:AllowedAddresses=192.0.2.7",
            "--Sources:steady:RatePerSecond=15",
            "--Sources:steady:AllowedAddresses=127.0.0.1",
            "--Http:TrustedProxies=127.0.0.1",
            "--Http:HeaderSeconds=2",
            "--Webhooks:BodySeconds=3",
            $"--Access:Keys:reader:Secrets:0={OldReadKey}",
            $"--Access:Keys:reader:Secrets:1={NewReadKey}",
            $"--Access:Keys:supporter:Secrets:0={PersonalKey}",
            "--Access:Keys:supporter:Role=read-personal",
            $"--Access:Keys:shift:Secrets:0={OperateKey}",
            "--Access:Keys:shift:Role=operate",
            $"--Access:Keys:operator:Secrets:0={AdminKey}",
            "--Access:Keys:operator:Role=admin",
            $"--Access:Jwt:SigningKey={Issuer.PublicKey}",
            $"--Access:Jwt:Issuer={TokenIssuer.Name}",
            $"--Access:Jwt:Audience={TokenIssuer.Audience}",
            "--Dashboard:Enabled=true"
        );

    /// <summary>Sends a notification of a fresh workflow.</summary>
    public Task<Reply> SendAsync(string path, params (string, string)[] headers) =>
        Client.PostAsync(RawBody.Bytes(RawBody.Of(Report.NewId())), path, headers: headers);

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        Issuer.Dispose();
        _database.Dispose();
    }
}

/// <summary>Classes that share the guarded product; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnGuarded : ICollectionFixture<GuardedApi>
{
    public const string Name = "Guarded";
}
