using Pulse.TestInfrastructure.Processes;

namespace Pulse.TestInfrastructure;

/// <summary>SNS, SQS and S3 of the local emulator; stopped and started again it still has its messages.</summary>
public sealed class LocalBus : LocalServer
{
    private const string Region = "us-east-1";

    private LocalBus(string? topology)
        : base("bus")
    {
        if (topology is not null) File.WriteAllText(Topology, topology);
    }

    public string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>Value of <c>Bus:TopicArnPrefix</c>.</summary>
    public static string TopicArnPrefix => $"arn:aws:sns:{Region}:000000000000:";

    /// <summary>The standard variables that lead the AWS SDK here.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = Endpoint,
        ["AWS_REGION"] = Region,
        ["AWS_ACCESS_KEY_ID"] = "local",
        ["AWS_SECRET_ACCESS_KEY"] = "local",
    };

    private protected override IReadOnlyList<string> Command =>
        [LocalTools.Current.Node, Path.Combine(LocalTools.Current.BusDirectory, "bus-emulator.mjs")];

    private protected override IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var environment = new Dictionary<string, string>
            {
                ["FAUXQS_PORT"] = $"{Port}",
                ["FAUXQS_DATA_DIR"] = Directory.CreateDirectory(Path.Combine(Folder, "data")).FullName,
                ["AWS_REGION"] = Region,
            };
            if (File.Exists(Topology)) environment["FAUXQS_INIT"] = Topology;
            return environment;
        }
    }

    private string Topology => Path.Combine(Folder, "topology.json");

    /// <summary>A bus of its own for the caller, who starts it when he needs it.</summary>
    /// <param name="topology">Topics, queues, subscriptions and buckets as the emulator's init JSON; none is an empty bus.</param>
    public static LocalBus Prepare(string? topology) => new(topology);

    /// <summary>Starts a bus of its own for the caller.</summary>
    /// <param name="topology">Topics, queues and subscriptions as the emulator's init JSON; none starts an empty bus.</param>
    /// <param name="ct">Gives up the start.</param>
    public static async Task<LocalBus> CreateAsync(string? topology, CancellationToken ct)
    {
        var bus = new LocalBus(topology);
        await bus.StartAsync(ct);
        return bus;
    }

    private protected override async Task<bool> AnswersAsync(CancellationToken ct)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri(Endpoint), ct);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
