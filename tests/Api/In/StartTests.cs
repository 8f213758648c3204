using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>What stops the start.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Outside_Development_a_source_without_a_credential_stops_the_start()
    {
        using var database = new SqliteFile();

        await using var process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                .. database.Settings,
                $"--urls=http://127.0.0.1:{FreePort.Next()}",
                "--Sources:other:Secrets:0=short",
                "--Sources:other:Colour=red",
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)]
        );
        await process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async(
            "the output of a process that has ended",
            () => Task.FromResult(process.Output.ToString()),
            static text => text.Contains("Colour")
        );
        output.ShouldContain("Sources:other:Secrets");
        output.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task A_setting_is_read_by_its_old_name_with_a_warning()
    {
        using var database = new SqliteFile();

        await using var api = await ApiProcess.StartAsync(database, "--Webhooks:LargestBody=1024");

        (await api.Client.PostAsync(new byte[2048])).ExpectProblem(413);
        api.Output.ToString().ShouldContain("Webhooks:LargestBody is called Webhooks:MaxBodyBytes now");
    }

    [Fact]
    public async Task The_default_source_needs_a_credential_outside_Development()
    {
        using var database = new SqliteFile();

        await using var process = ServiceProcess.Start(
            WorkingCopy.Api,
            [.. database.Settings, $"--urls=http://127.0.0.1:{FreePort.Next()}"],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)]
        );
        await process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async(
            "the output of a process that has ended",
            () => Task.FromResult(process.Output.ToString()),
            static text => text.Contains("AllowAnonymous")
        );
        output.ShouldContain("Sources:airudder has no credential");
    }

    [Fact]
    public async Task Every_error_of_the_guards_is_reported_at_once_without_secrets()
    {
        (string Setting, string Error)[] wrong =
        [
            ("Sources:a:Secrets:0=secret-number-one", "Sources:a:Secrets holds 3 secrets"),
            ("Sources:a:Secrets:1=secret-number-two", "Sources:a:Secrets holds 3 secrets"),
            ("Sources:a:Secrets:2=secret-number-three", "Sources:a:Secrets holds 3 secrets"),
            ("Sources:b:AllowedAddresses=10.0.0.0/8, 300.1.1.1", "Sources:b:AllowedAddresses holds '300.1.1.1'"),
            ("Sources:c:Secrets:0=secret-twice-0123456789", "Sources:c:Secrets holds the same secret twice"),
            ("Sources:c:Secrets:1=secret-twice-0123456789", "Sources:c:Secrets holds the same secret twice"),
            ("Sources:d:Signature:Algorithm=Md5", "Sources:d:Signature:Algorithm is 'Md5'; it must be one of: Off,"),
            ("Sources:e:Signature:Algorithm=HmacSha256", "Sources:e:Signature:Algorithm is HmacSha256 and there is no"),
            ("Sources:f:Signature:Secrets:0=secret-too-few", "Sources:f:Signature:Secrets holds a secret of fewer"),
            ("Sources:f:Signature:Encoding=Octal", "Sources:f:Signature:Encoding is 'Octal'"),
            ("Sources:f:AllowAnonymous=true", "Sources:f:Signature:Algorithm is Off, so nothing is checked"),
            ("Sources:f:Signature:Secret=x", "Sources:f:Signature:Secret is not a setting; there are:"),
            (
                "Sources:f:VerifyPushes=Require",
                "Sources:f:VerifyPushes is Require, and the vendor cannot be asked; set"
            ),
            ("Vendor:AppSecret=secret-of-the-app", "Vendor:AppKey is not set; set Vendor:AppKey and Vendor:AppSecret"),
            ("Vendor:BaseAddress=http://example.test", "Vendor:BaseAddress is 'http://example.test'; it must be a URL"),
            ("Vendor:AuthorizationScheme=To ken", "Vendor:AuthorizationScheme is 'To ken'; it must have letters"),
            ("Vendor:TimeoutSeconds=0", "Vendor:TimeoutSeconds is '0'"),
            ("Vendor:Token=x", "Vendor:Token is not a setting; there are: Vendor:AppKey,"),
            ("Access:Keys:k:Role=king", "Access:Keys:k:Role is 'king'"),
            ("Access:Keys:k:Secrets:0=secret-of-two-keys-012", "Access:Keys:l and Access:Keys:k hold the same secret"),
            ("Access:Keys:l:Secrets:0=secret-of-two-keys-012", "Access:Keys:l and Access:Keys:k hold the same secret"),
            ("Access:Keys:m:Role=read", "Access:Keys:m has no secret"),
            ("Access:Jwt:SigningKey=secret-too-short", "Access:Jwt:SigningKey has fewer than 32 characters"),
            ("Access:Jwt:Authority=http://issuer.test", "must have either Authority"),
            ("Access:Jwt:Colour=red", "Access:Jwt:Audience is not set"),
            ("Http:TrustedProxies=everywhere", "Http:TrustedProxies holds 'everywhere'"),
            ("Http:HeaderSeconds=0", "Http:HeaderSeconds is '0'"),
            ("Webhooks:BodySeconds=0", "Webhooks:BodySeconds is '0'"),
            ("FORWARDEDHEADERS_ENABLED=true", "name your proxies in Http:TrustedProxies"),
            ("Dashboard:Enable=true", "Dashboard:Enable is not a setting"),
            ("Retention:Rejected:Day=1", "Retention:Rejected:Day is not a setting; there are: Retention:Rejected:Max,"),
            ("Access:Keys:k:Rule=read", "there are: Access:Keys:k:Secrets, Access:Keys:k:Role."),
        ];
        using var database = new SqliteFile();

        await using var process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                .. database.Settings,
                $"--urls=http://127.0.0.1:{FreePort.Next()}",
                .. wrong.Select(static one => $"--{one.Setting}"),
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", null)]
        );
        await process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        var output = await Until.Async(
            "the output of a process that has ended",
            () => Task.FromResult(process.Output.ToString()),
            static text => text.Contains("FORWARDEDHEADERS")
        );
        foreach (var (setting, error) in wrong)
            output.ShouldContain(error, customMessage: setting);

        output.ShouldNotContain("secret-");
    }

    [Fact]
    public async Task In_Development_nothing_is_asked_for_until_a_key_is_configured()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(
            database,
            "--Access:Keys:reader:Secrets:0=the-key-of-a-reader"
        );

        (await api.Client.GetAsync("/workflows")).ExpectProblem(401);
        (await api.Client.GetAsync("/workflows", ("X-Api-Key", "the-key-of-a-reader"))).Expect(200);
        (await api.Client.GetAsync("/admin/sources", ("X-Api-Key", "the-key-of-a-reader"))).ExpectProblem(403);
    }

    [Fact]
    public async Task In_production_a_caller_without_a_key_may_only_read()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartInProductionAsync(
            database,
            "--Sources:airudder:AllowAnonymous=true",
            "--Access:AllowAnonymous=true"
        );

        (await api.Client.GetAsync("/workflows")).Expect(200);
        (await api.Client.GetAsync("/admin/sources")).ExpectProblem(403);
        (await api.Client.GetAsync("/workflows", ("X-Api-Key", "a key that nobody has"))).ExpectProblem(401);
        (await api.Client.GetAsync("/admin/dashboard/")).ExpectProblem(404);
    }
}
