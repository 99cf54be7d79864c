using Pulse.ServiceDefaults;
using Pulse.ServiceDefaults.OpenApi;
using Pulse.ServiceDefaults.Postgres;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.TimelineService.HomeTimeline;
using Pulse.TimelineService.Notifications;
using Pulse.TimelineService.Refilling;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<TimelineDbContext>(
    TimelinesRegistration.Database,
    settings => (settings.DisableRetry, settings.ConnectionString) = (true, builder.PostgresLine(settings.ConnectionString)),
    QuietDatabaseErrors.Configure);
builder.AddRedisClient("redis");
builder.AddTimelines();
builder.AddHomeTimeline();
builder.AddNotifications();
builder.AddRefill();
builder.AddPulseOpenApi();

var app = builder.Build();
if (MigrateVerb.IsAskedFor(args)) return await app.MigrateAsync<TimelineDbContext>();

app.UseServiceDefaults();
app.MapPulseOpenApi();
app.MapFeedApi();
app.MapNotificationsApi();
app.MapRefillApi();
await app.RunAsync();
return 0;

public partial class Program;
