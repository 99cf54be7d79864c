using Pulse.Messaging;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Data;
using Pulse.PostService.Hydration;
using Pulse.PostService.Posts;
using Pulse.ServiceDefaults;
using Pulse.ServiceDefaults.Ids;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Redis;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<PostDbContext>("postsdb", settings => settings.DisableRetry = true, PostDbContext.Configure);
builder.AddPostgresDataSource("postsdb");
builder.Services.AddSnowflakeIds();
// Without Redis posts are still taken and read, so it says nothing about readiness.
builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
builder.Services.AddRedisCircuit();
builder.AddEventPublisher();
builder.AddOutboxRelay();
builder.Services.AddPosts();
builder.Services.AddPostsOpenApi();

var app = builder.Build();
if (args.Contains("--migrate")) return await app.MigrateAsync();

app.UseServiceDefaults();
app.MapOpenApi().AllowAnonymous();
app.MapPostsApi();
app.MapHydrationApi();
await app.RunAsync();
return 0;
