using Pulse.AppHost.Commands;
using Pulse.AppHost.Control;
using Pulse.AppHost.Local;
using Pulse.AppHost.Topology;

var builder = DistributedApplication.CreateBuilder(args);
if (!PulseRun.TryClaim(builder, out var run)) return 1;

using (run)
{
    builder.UseDashboard(run);

    // Infrastructure: containers where an engine answers, else processes of this machine
    if (await PulseTopology.CreateAsync(builder, run) is not { } topology) return 1;
    var postgres = topology.AddPostgres("postgres");
    var usersDb = topology.AddDatabase(postgres, "usersdb");
    var postsDb = topology.AddDatabase(postgres, "postsdb");
    var timelineDb = topology.AddDatabase(postgres, "timelinedb");
    var redis = topology.AddRedis("redis");
    var bus = topology.AddBus("bus");
    var mail = builder.AddLocalMail("mail", run); // in Development alone, and the same in both topologies

    var serviceKey = builder.AddParameter("service-key", () => run.Secret("service-key"), secret: true);

    // Migrations: each service brings its own database up to date, then ends.
    var usersMigrations = builder.AddProject<Projects.Pulse_UserService>("users-migrations")
        .WithPulseDefaults(serviceKey, redis).WithArgs("--migrate")
        .WithReference(usersDb).WaitFor(postgres);
    var postsMigrations = builder.AddProject<Projects.Pulse_PostService>("posts-migrations")
        .WithPulseDefaults(serviceKey, redis).WithArgs("--migrate")
        .WithReference(postsDb).WaitFor(postgres);
    var timelinesMigrations = builder.AddProject<Projects.Pulse_TimelineService>("timelines-migrations")
        .WithPulseDefaults(serviceKey, redis).WithArgs("--migrate")
        .WithReference(timelineDb).WaitFor(postgres);

    // Services
    var users = builder.AddProject<Projects.Pulse_UserService>("users")
        .WithPulseDefaults(serviceKey, redis).WithHttp()
        .WithReference(usersDb).WithBus(bus).WithMail(mail, run)
        .WaitFor(redis).WaitFor(bus).WaitForCompletion(usersMigrations);

    var posts = builder.AddProject<Projects.Pulse_PostService>("posts")
        .WithPulseDefaults(serviceKey, redis).WithHttp()
        .WithReference(postsDb).WithBus(bus).WithMedia(bus)
        .WithReference(users)
        .WaitFor(redis).WaitFor(bus).WaitForCompletion(postsMigrations);
    users.WithReference(posts); // they call each other, so neither waits for the other

    var timelines = builder.AddProject<Projects.Pulse_TimelineService>("timelines")
        .WithPulseDefaults(serviceKey, redis).WithHttp()
        .WithReference(timelineDb)
        .WithReference(users).WithReference(posts)
        .WaitFor(redis).WaitForCompletion(timelinesMigrations).WaitFor(users).WaitFor(posts);

    var fanout = builder.AddProject<Projects.Pulse_FanoutWorker>("fanout")
        .WithPulseDefaults(serviceKey, redis).WithHttp()
        .WithReference(timelineDb).WithBus(bus)
        .WithReference(users).WithReference(posts)
        .WaitFor(redis).WaitFor(bus).WaitForCompletion(timelinesMigrations).WaitFor(users).WaitFor(posts);

    // The only public port
    var gateway = builder.AddProject<Projects.Pulse_Gateway>("gateway")
        .WithPulseDefaults(serviceKey, redis).WithHttp(run.GatewayPort).WithExternalHttpEndpoints()
        .WithBus(bus)
        .WithReference(users).WithReference(posts).WithReference(timelines).WithReference(fanout)
        .WaitFor(redis).WaitFor(users).WaitFor(posts).WaitFor(timelines).WaitFor(fanout);

    builder.AddDevelopmentCommands(redis, bus, users, fanout, gateway, serviceKey);

    return await PulseHost.RunAsync(builder, run);
}
