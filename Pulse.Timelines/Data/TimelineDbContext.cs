using Microsoft.EntityFrameworkCore;

namespace Pulse.Timelines.Data;

/// <summary>The schema of <c>timelinedb</c>. Only migrations go through it: every statement of this slice is a hot path and speaks SQL.</summary>
public sealed class TimelineDbContext(DbContextOptions<TimelineDbContext> options) : DbContext(options);
