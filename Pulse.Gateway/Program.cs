using Pulse.Gateway.Authentication;
using Pulse.Gateway.OpenApi;
using Pulse.Gateway.RateLimiting;
using Pulse.Gateway.Routing;
using Pulse.Gateway.SystemStatus;
using Pulse.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRevocations();
builder.AddRateLimits();
builder.AddApiRoutes();
builder.AddSystemStatus();
builder.AddApiDocument();

var app = builder.Build();

app.UseServiceDefaults(beforeAuthentication: early =>
{
    early.UseRateLimits();
    early.UsePathGuard();
    early.UseBodyLimit();
    early.UseDocsPage();
});
app.MapSystemStatus();
app.MapApiDocument();
app.MapReverseProxy(proxy =>
{
    proxy.UseOutsideHeaders();
    proxy.UseRevocations();
    proxy.UseRefusedQueries();
    proxy.UseForwarderProblems();
    proxy.UseLiveServices();
    proxy.UseLoadBalancing();
    proxy.UseEndAtDeath();
});

await app.RunAsync();
