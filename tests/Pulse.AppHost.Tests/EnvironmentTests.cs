using Pulse.AppHost.Topology;

namespace Pulse.AppHost.Tests;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task WithReference_ServiceAndConnection_FollowAspiresNames()
    {
        var builder = RunningApplication.CreateBuilder();
        var store = builder.AddResource(new Store("store")).WithEndpoint(scheme: "tcp", name: "tcp").WithEndpoint("tcp", e => e.TargetHost = "127.0.0.1").WithArgs("-c", "exec sleep 600");
        var api = builder.AddResource(new Api("user-api")).WithHttpEndpoint().WithEndpoint("http", e => e.TargetHost = "127.0.0.1").WithArgs("-c", "exec sleep 600");
        // Not through a shell: dash drops variables whose names hold a dash.
        builder.AddExecutable("reader", "env", "/")
            .WithReference(store).WithReference(api).WithEnvironment("STORE", store).WithEnvironment("API", api.GetEndpoint("http"));
        await using var running = await RunningApplication.StartAsync(builder);

        var storeUrl = Assert.Single((await running.UntilStateAsync("store", KnownResourceStates.Running)).Urls).Url;
        var apiUrl = Assert.Single((await running.UntilStateAsync("user-api", KnownResourceStates.Running)).Urls).Url;

        var storePort = new Uri(storeUrl).Port;
        Assert.Equal($"at=127.0.0.1:{storePort}", await running.LineAsync("reader", "ConnectionStrings__store="));
        Assert.Equal($"at=127.0.0.1:{storePort}", await running.LineAsync("reader", "STORE="));
        Assert.Equal(apiUrl, await running.LineAsync("reader", "services__user-api__http__0="));
        Assert.Equal(apiUrl, await running.LineAsync("reader", "USER_API_HTTP="));
        Assert.Equal(apiUrl, await running.LineAsync("reader", "API="));
    }

    [Fact]
    public async Task WithOtlpExporter_ServiceName_IsTheResourcesName()
    {
        var builder = RunningApplication.CreateBuilder();
        builder.AddExecutable("worker", "/bin/sh", "/", "-c", "env; exec sleep 600").WithOtlpExporter();
        await using var running = await RunningApplication.StartAsync(builder);

        Assert.Equal("worker", await running.LineAsync("worker", "OTEL_SERVICE_NAME="));
        Assert.Equal(8, (await running.LineAsync("worker", "OTEL_RESOURCE_ATTRIBUTES=service.instance.id=")).Length);
    }

    [Fact]
    public async Task AddParameter_ValueGetter_IsAskedOnce()
    {
        var asked = 0;
        var builder = RunningApplication.CreateBuilder();
        var secret = builder.AddParameter("secret", () => $"value-{Interlocked.Increment(ref asked)}", secret: true);
        builder.AddExecutable("a", "/bin/sh", "/", "-c", "env; exec sleep 600").WithEnvironment("SECRET", secret);
        builder.AddExecutable("b", "/bin/sh", "/", "-c", "env; exec sleep 600").WithEnvironment("SECRET", secret);
        await using var running = await RunningApplication.StartAsync(builder);

        Assert.Equal("value-1", await running.LineAsync("a", "SECRET="));
        Assert.Equal("value-1", await running.LineAsync("b", "SECRET="));
    }

    [Fact]
    public async Task WithMedia_Project_ServesPicturesFromTheBucketOfTheBus()
    {
        var builder = RunningApplication.CreateBuilder();
        var bus = builder.AddResource(new Store("bus")).WithEndpoint(scheme: "tcp", name: "tcp");
        var project = builder.AddResource(new ProjectResource("posts")).WithMedia(bus);
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, project.Resource);
        foreach (var callback in project.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);

        Assert.Equal(("pulse-media", "true"), (context.EnvironmentVariables["Media__Bucket"], context.EnvironmentVariables["Media__PathStyle"]));
        Assert.Equal("{bus.connectionString}/pulse-media/", Assert.IsType<ReferenceExpression>(context.EnvironmentVariables["Media__PublicBaseUrl"]).ValueExpression);
    }

    [Fact]
    public void PassSettings_OnlyPulseVariables_ReachTheProject()
    {
        var own = new Dictionary<string, string>(StringComparer.Ordinal) { ["PULSE__Fanout__PushFollowerLimit"] = "10", ["PULSE_DATA"] = "/data", ["PATH"] = "/bin", ["PULSE__"] = "" };
        var project = new Dictionary<string, object>(StringComparer.Ordinal);

        ProjectDefaults.PassSettings(own, project);

        Assert.Equal(("Fanout__PushFollowerLimit", "10"), (Assert.Single(project).Key, Assert.Single(project).Value));
    }

    private sealed class Store(string name) : ExecutableResource(name, "/bin/sh", "/"), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"at={this.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort)}");
    }

    private sealed class Api(string name) : ExecutableResource(name, "/bin/sh", "/"), IResourceWithServiceDiscovery;
}
