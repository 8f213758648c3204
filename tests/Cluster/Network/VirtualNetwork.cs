using System.Globalization;
using System.Net;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>A host of a <see cref="VirtualNetwork"/>.</summary>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Number">Its number in the network.</param>
/// <param name="HardwareAddress">The address of its network card.</param>
internal sealed record VirtualHost(string Namespace, int Number, string HardwareAddress)
{
    /// <summary>Its IPv4 address.</summary>
    public IPAddress Address => IPAddress.Parse($"10.213.0.{Number}");

    /// <summary>Its IPv6 address.</summary>
    public IPAddress AddressV6 => IPAddress.Parse($"fd00:213::{Number:x}");

    /// <summary>A command that becomes the program that follows it, on this host.</summary>
    public IReadOnlyList<string> Launcher => ["ip", "netns", "exec", Namespace];
}

/// <summary>
/// Hosts that are network namespaces, on one switch that is a namespace too. It drops packets between hosts that are
/// cut from each other in silence, as a broken switch or a firewall does.
/// </summary>
/// <remarks>
/// All names begin with a prefix of this network's own. A shell removes everything with this prefix when this process
/// has ended, even after SIGKILL.
/// </remarks>
internal sealed class VirtualNetwork : IAsyncDisposable
{
    private const string Rules = """
        table bridge faults {
          set cut { type ether_addr . ether_addr; }
          set forgotten { type ipv4_addr . inet_service . ipv4_addr . inet_service; }
          chain forward {
            type filter hook forward priority 0;
            ether type { ip, ip6 } ether saddr . ether daddr @cut drop
            ip saddr . tcp sport . ip daddr . tcp dport @forgotten drop
          }
        }
        """;

    private static int _networks;

    private readonly string _prefix = string.Create(
        CultureInfo.InvariantCulture,
        $"owf-{Environment.ProcessId}-{Interlocked.Increment(ref _networks)}-"
    );

    private readonly NetworkWatchdog _watchdog;
    private readonly List<VirtualHost> _hosts = [];

    private VirtualNetwork() => _watchdog = new NetworkWatchdog(_prefix);

    private string Switch => _prefix + "switch";

    /// <summary>Makes a network without hosts.</summary>
    /// <exception cref="InvalidOperationException">
    /// This user may not, or a program is missing; the message says what is needed.
    /// </exception>
    public static async Task<VirtualNetwork> CreateAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException(
                "The tests of the network make network namespaces, which only root may do. Run them as root (in "
                    + "a container: with "
                    + "the capabilities NET_ADMIN and SYS_ADMIN), or leave them out by --filter-not-namespace "
                    + "'*.Network'."
            );
        }

        var network = new VirtualNetwork();
        try
        {
            await Command.RunAsync("ip", "netns", "add", network.Switch);
            await network.OnSwitch("ip", "link", "add", "switch", "type", "bridge");
            await network.OnSwitch("ip", "link", "set", "switch", "up");
            await network.OnSwitch("nft", Rules);
            return network;
        }
        catch (Exception exception)
        {
            await network.DisposeAsync();
            throw new InvalidOperationException(
                "No network namespace could be made. The Debian packages iproute2 and nftables, and a kernel "
                    + "with namespaces, veth, "
                    + $"bridges and nftables for bridges are needed. {exception.Message}",
                exception
            );
        }
    }

    /// <summary>Adds a host.</summary>
    /// <param name="name">What it is called in its namespace's name.</param>
    /// <param name="names">What it finds under which name, as in a file <c>hosts</c>.</param>
    public async Task<VirtualHost> AddHostAsync(string name, params IEnumerable<(IPAddress Address, string Name)> names)
    {
        var number = _hosts.Count + 1;
        var host = new VirtualHost(
            _prefix + name,
            number,
            string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:00:{number:x2}")
        );
        _hosts.Add(host);
        await WriteHostsFile(host, names);
        await Command.RunAsync("ip", "netns", "add", host.Namespace);
        var port = Port(number);
        await OnSwitch(
            "ip",
            "link",
            "add",
            port,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "address",
            host.HardwareAddress,
            "netns",
            host.Namespace
        );
        await OnSwitch("ip", "link", "set", port, "master", "switch", "up");
        await On(host, "ip", "link", "set", "lo", "up");
        await On(host, "ip", "link", "set", "eth0", "up");
        await On(host, "ip", "address", "add", $"{host.Address}/16", "dev", "eth0");
        await On(host, "ip", "-6", "address", "add", $"{host.AddressV6}/64", "dev", "eth0", "nodad");
        return host;
    }

    /// <summary>Runs a command on a host.</summary>
    public static Task<string> On(VirtualHost host, params IEnumerable<string> command) =>
        Command.RunAsync("ip", [.. host.Launcher.Skip(1), .. command]);

    /// <summary>Drops every packet between two groups of hosts, from now on.</summary>
    public Task CutAsync(IEnumerable<VirtualHost> some, IEnumerable<VirtualHost> others)
    {
        var (left, right) = (some.ToList(), others.ToList());
        return CutAsync(
            from one in left
            from other in right
            where one != other
            from direction in (string[])[Direction(one, other), Direction(other, one)]
            select direction
        );
    }

    /// <summary>Drops every packet that some hosts send to others, from now on; the other direction works.</summary>
    public Task CutOneWayAsync(VirtualHost from, IEnumerable<VirtualHost> to) =>
        CutAsync(to.Select(other => Direction(from, other)));

    /// <summary>Takes the power from a host: nothing of it answers any more. Its processes are to be killed.</summary>
    public Task PowerOffAsync(VirtualHost host) => OnSwitch("ip", "link", "set", Port(host.Number), "down");

    /// <summary>Lets every packet through again, but those of forgotten connections.</summary>
    public Task HealAsync() => OnSwitch("nft", "flush set bridge faults cut");

    /// <summary>
    /// Drops every packet of the TCP connections that two groups of hosts have at this moment, as a firewall does that
    /// has forgotten them. New connections work.
    /// </summary>
    /// <returns>How many connections they are.</returns>
    public async Task<int> ForgetConnectionsAsync(IEnumerable<VirtualHost> some, IEnumerable<VirtualHost> others)
    {
        var theirs = others.Select(static host => host.Address.ToString()).ToHashSet(StringComparer.Ordinal);
        var flows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in some)
        {
            var connections = await On(host, "ss", "--tcp", "--numeric", "--no-header", "state", "established");
            foreach (var line in connections.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var (here, there) = (Endpoint(columns[^2]), Endpoint(columns[^1]));
                if (!theirs.Contains(there.Address))
                    continue;

                flows.Add($"{here.Address} . {here.Port} . {there.Address} . {there.Port}");
                flows.Add($"{there.Address} . {there.Port} . {here.Address} . {here.Port}");
            }
        }

        if (flows.Count > 0)
            await OnSwitch("nft", $"add element bridge faults forgotten {{ {string.Join(", ", flows)} }}");

        return flows.Count / 2;

        // Sockets for both families show an IPv4 address as [::ffff:10.213.0.1].
        static (string Address, string Port) Endpoint(string text)
        {
            var colon = text.LastIndexOf(':');
            return (text[..colon].Trim('[', ']').Replace("::ffff:", "", StringComparison.Ordinal), text[(colon + 1)..]);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _watchdog.DisposeAsync();

    private static string Port(int number) => string.Create(CultureInfo.InvariantCulture, $"port{number}");

    private static string Direction(VirtualHost from, VirtualHost to) =>
        $"{from.HardwareAddress} . {to.HardwareAddress}";

    private Task<string> CutAsync(IEnumerable<string> directions) =>
        OnSwitch("nft", $"add element bridge faults cut {{ {string.Join(", ", directions.Distinct())} }}");

    private Task<string> OnSwitch(params string[] command) =>
        Command.RunAsync("ip", ["netns", "exec", Switch, .. command]);

    /// <summary>
    /// The command <c>ip netns exec</c> shows this file to the programs of the host as its <c>/etc/hosts</c>.
    /// </summary>
    private static async Task WriteHostsFile(VirtualHost host, IEnumerable<(IPAddress Address, string Name)> names)
    {
        var directory = Directory.CreateDirectory(Path.Combine("/etc/netns", host.Namespace)).FullName;
        string[] lines = ["127.0.0.1 localhost", .. names.Select(static name => $"{name.Address} {name.Name}")];
        await File.WriteAllLinesAsync(Path.Combine(directory, "hosts"), lines);
    }
}
