using Pulse.Messaging;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.PostService.Erasing;
using Pulse.PostService.Hydration;
using Pulse.PostService.Media;
using Pulse.PostService.Moderation;
using Pulse.PostService.Posts;
using Pulse.PostService.Publishing;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults;
using Pulse.ServiceDefaults.Ids;
using Pulse.ServiceDefaults.OpenApi;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Redis;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<PostDbContext>(
    "postsdb",
    settings => (settings.DisableRetry, settings.ConnectionString) = (true, builder.PostgresLine(settings.ConnectionString)),
    QuietDatabaseErrors.Configure);
builder.AddPostgresDataSource("postsdb");
builder.Services.AddSnowflakeIds();
builder.AddRedisClient("redis");
builder.Services.AddRedisCircuit();
builder.AddEventPublisher();
builder.AddOutboxRelay();
builder.Services.AddPosts();
builder.Services.AddPublishing();
builder.Services.AddShowing();
builder.Services.AddEngagement();
builder.Services.AddMedia();
builder.Services.AddModeration();
builder.AddPulseOpenApi();

var app = builder.Build();
if (MigrateVerb.IsAskedFor(args)) return await app.MigrateAsync<PostDbContext>();

app.UseServiceDefaults();
app.MapPulseOpenApi();
app.MapPostsApi();
app.MapMediaApi();
app.MapReportsApi();
app.MapAdminReportsApi();
app.MapHydrationApi();
app.MapErasureApi();
await app.RunAsync();
return 0;
