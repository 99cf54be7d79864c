using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Pulse.PostService.Moderation;

/// <summary>The tables of reports and of what was decided about them.</summary>
internal static class ModerationTables
{
    public static void AddModeration(this ModelBuilder model)
    {
        model.Entity<ReportCase>(cases =>
        {
            cases.ToTable("report_cases");
            cases.HasKey(row => row.Id);
            cases.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            cases.Property(row => row.UserId).HasColumnName("user_id");
            cases.Property(row => row.PostId).HasColumnName("post_id");
            cases.Property(row => row.DecisionId).HasColumnName("decision_id");
            cases.Property(row => row.DueAt).HasColumnName("due_at");
            cases.Property(row => row.Refused).HasColumnName("refused");
        });
        model.Entity<Report>(reports =>
        {
            reports.ToTable("reports");
            reports.HasKey(row => row.Id);
            reports.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            reports.Property(row => row.CaseId).HasColumnName("case_id");
            reports.Property(row => row.ReporterId).HasColumnName("reporter_id");
            reports.Property(row => row.Reason).HasColumnName("reason").HasConversion(Names<ReportReason>());
            reports.Property(row => row.Note).HasColumnName("note");
            reports.Property(row => row.CreatedAt).HasColumnName("created_at");
        });
        model.Entity<ModerationEntry>(entries =>
        {
            entries.ToTable("moderation_actions");
            entries.HasKey(row => row.Id);
            entries.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            entries.Property(row => row.AdminId).HasColumnName("admin_id");
            entries.Property(row => row.CaseId).HasColumnName("case_id");
            entries.Property(row => row.Action).HasColumnName("action").HasConversion(Names<ModerationAction>());
            entries.Property(row => row.UserId).HasColumnName("user_id");
            entries.Property(row => row.PostId).HasColumnName("post_id");
            entries.Property(row => row.Note).HasColumnName("note");
            entries.Property(row => row.At).HasColumnName("at");
        });
    }

    /// <summary>The name of a value as the calls write it: who asks the database reads the same words.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) : throw new ArgumentOutOfRangeException(nameof(value), value, message: null);

    public static T ValueOf<T>(string name)
        where T : struct, Enum => Enum.GetValues<T>().Single(value => NameOf(value) == name);

    private static ValueConverter<T, string> Names<T>()
        where T : struct, Enum => new(value => NameOf(value), name => ValueOf<T>(name));
}
