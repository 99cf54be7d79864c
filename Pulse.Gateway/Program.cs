using Microsoft.Extensions.Options;
using Pulse.Gateway.Authentication;
using Pulse.Gateway.OpenApi;
using Pulse.Gateway.Protection;
using Pulse.Gateway.RateLimiting;
using Pulse.Gateway.Routing;
using Pulse.Gateway.SystemStatus;
using Pulse.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRevocations();
builder.AddTrustedProxies();
builder.AddRequestLimits();
builder.AddCrossOrigin();
builder.AddRateLimits();
builder.AddApiRoutes();
builder.AddSystemStatus();
builder.AddApiDocument();

var app = builder.Build();

app.UseTrustedProxies();
app.UseSecurityHeaders();
app.UseHeadRequests();
app.UseRouting();
app.UseServiceDefaults(beforeAuthentication: early =>
{
    early.UseCrossOrigin();
    early.UseRateLimits();
    early.UseRequestLimits();
    early.UsePathGuard();
    early.UseAmbiguousBodies();
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
    proxy.UseWholeBodies();
    proxy.UseLiveServices();
    proxy.UseLoadBalancing();
    proxy.UseEndOfPatience(TimeSpan.FromSeconds(app.Services.GetRequiredService<IOptions<RequestLimitOptions>>().Value.CallSeconds));
});

await app.RunAsync();
