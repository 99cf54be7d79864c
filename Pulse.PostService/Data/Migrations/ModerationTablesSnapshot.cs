using Microsoft.EntityFrameworkCore;
using Pulse.PostService.Moderation;

namespace Pulse.PostService.Data.Migrations;

/// <summary>The part of the snapshot that <see cref="ModerationTables"/> maps.</summary>
internal static class ModerationTablesSnapshot
{
    public static void BuildModeration(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity("Pulse.PostService.Moderation.ReportCase", row =>
        {
            row.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            row.Property<long>("UserId").HasColumnType("bigint").HasColumnName("user_id");
            row.Property<long?>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            row.Property<long?>("DecisionId").HasColumnType("bigint").HasColumnName("decision_id");
            row.Property<DateTimeOffset?>("DueAt").HasColumnType("timestamp with time zone").HasColumnName("due_at");
            row.Property<bool>("Refused").HasColumnType("boolean").HasColumnName("refused");
            row.HasKey("Id");
            row.ToTable("report_cases");
        });
        modelBuilder.Entity("Pulse.PostService.Moderation.Report", report =>
        {
            report.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            report.Property<long>("CaseId").HasColumnType("bigint").HasColumnName("case_id");
            report.Property<long?>("ReporterId").HasColumnType("bigint").HasColumnName("reporter_id");
            report.Property<string>("Reason").IsRequired().HasColumnType("text").HasColumnName("reason");
            report.Property<string>("Note").HasColumnType("text").HasColumnName("note");
            report.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            report.HasKey("Id");
            report.ToTable("reports");
        });
        modelBuilder.Entity("Pulse.PostService.Moderation.ModerationEntry", entry =>
        {
            entry.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            entry.Property<long?>("AdminId").HasColumnType("bigint").HasColumnName("admin_id");
            entry.Property<long>("CaseId").HasColumnType("bigint").HasColumnName("case_id");
            entry.Property<string>("Action").IsRequired().HasColumnType("text").HasColumnName("action");
            entry.Property<long>("UserId").HasColumnType("bigint").HasColumnName("user_id");
            entry.Property<long?>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            entry.Property<string>("Note").HasColumnType("text").HasColumnName("note");
            entry.Property<DateTimeOffset>("At").HasColumnType("timestamp with time zone").HasColumnName("at");
            entry.HasKey("Id");
            entry.ToTable("moderation_actions");
        });
    }
}
