using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>A host or a command of the product as a process that ends by itself.</summary>
internal sealed record HostRun(int ExitCode, string Output)
{
    /// <summary>What makes an Api start in production without secrets.</summary>
    public static readonly string[] Anonymous =
    [
        "--Sources:airudder:AllowAnonymous=true",
        "--Access:AllowAnonymous=true",
    ];

    /// <summary>Runs it in production until it ends.</summary>
    public static async Task<HostRun> ToEnd(
        string host,
        IEnumerable<string> arguments,
        params KeyValuePair<string, string?>[] environment
    )
    {
        await using var process = Start(host, arguments, environment);
        return await ToEnd(process);
    }

    /// <summary>Waits until a process has ended by itself.</summary>
    public static async Task<HostRun> ToEnd(ServiceProcess process)
    {
        await process.WaitForExitAsync().InTime();
        return new HostRun(process.ExitCode, process.Output.ToString());
    }

    /// <summary>Starts it in production, on free ports unless the arguments name others.</summary>
    public static ServiceProcess Start(
        string host,
        IEnumerable<string> arguments,
        params KeyValuePair<string, string?>[] environment
    ) =>
        ServiceProcess.Start(
            WorkingCopy.Program(host),
            [.. FreePorts(), .. arguments],
            [.. Production, .. environment]
        );

    /// <summary>
    /// Starts it as <see cref="Start"/> does, as a user other than root: file permissions do not bind root.
    /// </summary>
    public static ServiceProcess StartAsOtherUser(string host, IEnumerable<string> arguments)
    {
        // By its number: there is a user of this number, or none, on every machine.
        string[] other =
            Environment.UserName == "root" ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        return ServiceProcess.Start(
            WorkingCopy.Program(host),
            [.. FreePorts(), .. arguments],
            [.. Production, new("HOME", "/tmp")],
            launcher: other
        );
    }

    /// <summary>The settings of a database.</summary>
    public static string[] On(StorageSettings settings) =>
        [$"--Storage:Provider={settings.Provider}", $"--ConnectionStrings:Workflows={settings.ConnectionString}"];

    private static KeyValuePair<string, string?>[] Production =>
        [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")];

    private static string[] FreePorts()
    {
        var ports = FreePort.Next(2);
        return ["--urls=http://127.0.0.1:0", $"--Cluster:SiloPort={ports[0]}", $"--Cluster:GatewayPort={ports[1]}"];
    }
}
