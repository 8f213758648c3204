using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Api.Tests.Hosting;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>
/// A silo trusts every connection to its ports: they must be open on the configured address only.
/// </summary>
[Collection(OnPostgres.Name)]
public sealed class SiloPortTests(PostgresApi api)
{
    [Fact]
    public async Task A_silo_listens_on_its_configured_address_and_on_no_other()
    {
        var ports = ((PostgresDatabase)api.Database).SiloPorts;
        IPAddress[] others =
        [
            IPAddress.Parse("127.0.0.2"),
            .. await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken),
        ];

        ports.Count.ShouldBe(2);
        foreach (var port in ports)
        {
            (await IsOpen(IPAddress.Loopback, port)).ShouldBeTrue();
            foreach (var other in others.Where(static address => !address.Equals(IPAddress.Loopback)))
                (await IsOpen(other, port)).ShouldBeFalse($"{other}:{port} is open");
        }
    }

    private static async Task<bool> IsOpen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
