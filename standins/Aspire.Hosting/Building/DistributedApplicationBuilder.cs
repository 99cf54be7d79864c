using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Endpoints;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.ResourceService;
using Aspire.Hosting.Supervision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        if (options.Args?.Any(a => a is "--publisher" or "publish") == true)
            throw new NotSupportedException("The stand-in for Aspire.Hosting.AppHost has no publish mode.");

        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(m => m.Key is "apphostprojectpath")?.Value
            ?? Directory.GetCurrentDirectory();
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings { Args = options.Args, ContentRootPath = AppHostDirectory });
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // What makes the start fail is thrown to the caller, who says it once.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // An unhealthy resource is a state that watchers see, not an error of this process.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        DashboardConfiguration.AddDefaults(Configuration, options.DisableDashboard);
        AddServices();
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"A resource named '{resource.Name}' exists already.");

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build() => new(_host.Build());

    private void AddServices()
    {
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(services => new ResourceLoggerService
        {
            Clock = services.GetRequiredService<TimeProvider>(),
            Resources = Resources,
            Directory = Configuration["Aspire:Store:Path"] is { Length: > 0 } store ? Path.Combine(store, ".aspire", "logs") : null,
        });
        Services.AddSingleton(services => new ResourceCommandService(services.GetRequiredService<ResourceNotificationService>(), services));
        Services.AddSingleton<PortAllocator>();
        Services.AddSingleton<ProcessWatchdog>();
        Services.AddSingleton<LaunchPlanner>();
        Services.AddSingleton<ProjectBuilds>();
        Services.AddSingleton<ResourceHealthMonitor>();
        Services.AddHealthChecks();
        Services.AddSingleton<ResourceServiceHost>();
        Services.AddSingleton<PassiveResources>();
        Services.AddHostedService<Supervisor>();
        // The children's drains come one after the other, each with its own limit.
        Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMinutes(2));
        Eventing.Subscribe<BeforeStartEvent>(DashboardResource.AddAsync);
    }
}
