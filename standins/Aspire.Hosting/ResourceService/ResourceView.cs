using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.ResourceService.Wire;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ResourceService;

/// <summary>A resource as the dashboard shows it.</summary>
internal static class ResourceView
{
    public static Wire.Resource From(ResourceEvent state, IServiceProvider services)
    {
        var (resource, snapshot) = (state.Resource, state.Snapshot);
        var view = new Wire.Resource
        {
            // The name joins with the telemetry, the display name is what people call it.
            Name = state.ResourceId,
            DisplayName = resource.Name,
            Uid = state.ResourceId,
            ResourceType = snapshot.ResourceType,
            CreatedAt = Time(snapshot.CreationTimeStamp) ?? Timestamp.FromDateTime(DateTime.UnixEpoch),
            StartedAt = Time(snapshot.StartTimeStamp),
            StoppedAt = Time(snapshot.StopTimeStamp),
            IsHidden = resource.Name == DashboardResource.Name,
            SupportsDetailedTelemetry = resource is ProjectResource,
        };
        if (snapshot.State?.Text is { } text) view.State = text;
        if (snapshot.State?.Style is { } style) view.StateStyle = style;
        view.Environment.AddRange(snapshot.EnvironmentVariables.Select(Variable));
        view.Properties.AddRange(Properties(resource, snapshot));
        view.Urls.AddRange(snapshot.Urls.Select(url => Link(url, IsOver(snapshot))));
        view.HealthReports.AddRange(snapshot.HealthReports.Select(Report));
        view.Relationships.AddRange(Relationships(resource));
        view.Commands.AddRange(resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => Command(command, snapshot, services)));
        return view;
    }

    private static bool IsOver(CustomResourceSnapshot snapshot) => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text, StringComparer.Ordinal);

    private static Timestamp? Time(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known) : null;

    private static EnvironmentVariable Variable(EnvironmentVariableSnapshot variable)
    {
        var view = new EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is { } value) view.Value = value;
        return view;
    }

    private static IEnumerable<ResourceProperty> Properties(IResource resource, CustomResourceSnapshot snapshot)
    {
        foreach (var property in snapshot.Properties)
        {
            yield return new ResourceProperty { Name = property.Name, Value = ToValue(property.Value), IsSensitive = property.IsSensitive };
        }

        if (snapshot.ExitCode is { } code) yield return new ResourceProperty { Name = "resource.exitCode", Value = Value.ForNumber(code) };
        if (resource is IResourceWithParent child) yield return new ResourceProperty { Name = "resource.parentName", Value = Value.ForString(ResourceInstance.IdsOf(child.Parent)[0]) };
        if (snapshot.State?.Text == KnownResourceStates.Waiting)
        {
            var waits = resource.Annotations.OfType<WaitAnnotation>().Select(wait => Value.ForString(wait.Resource.Name));
            yield return new ResourceProperty { Name = "resource.waitingFor", Value = Value.ForList([.. waits]) };
        }
    }

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        IEnumerable list => Value.ForList([.. list.Cast<object?>().Select(ToValue)]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static Url Link(UrlSnapshot url, bool isOver)
    {
        var view = new Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive || isOver,
            DisplayProperties = new UrlDisplay { SortOrder = url.DisplayProperties.SortOrder, DisplayName = url.DisplayProperties.DisplayName },
        };
        if (url.Name is { } name) view.EndpointName = name;
        return view;
    }

    private static Wire.HealthReport Report(HealthReportSnapshot report)
    {
        var view = new Wire.HealthReport { Key = report.Name, Description = report.Description ?? "", Exception = report.ExceptionText ?? "", LastRunAt = Time(report.LastRunAt) };
        if (report.Status is { } status)
        {
            view.Status = status switch
            {
                HealthStatus.Healthy => Wire.Health.Healthy,
                HealthStatus.Degraded => Wire.Health.Degraded,
                _ => Wire.Health.Unhealthy,
            };
        }

        return view;
    }

    private static IEnumerable<ResourceRelationship> Relationships(IResource resource)
    {
        var declared = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relation => (relation.Resource.Name, relation.Type));
        if (resource is IResourceWithParent child) declared = declared.Append((child.Parent.Name, KnownRelationshipTypes.Parent));
        return declared.Distinct().Select(relation => new ResourceRelationship { ResourceName = relation.Name, Type = relation.Type });
    }

    private static ResourceCommand Command(ResourceCommandAnnotation command, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var view = new ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.IsHighlighted,
            IconVariant = command.IconVariant == IconVariant.Filled ? CommandIcon.Filled : CommandIcon.Regular,
            State = command.UpdateState(new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services }) switch
            {
                ResourceCommandState.Enabled => CommandState.Enabled,
                ResourceCommandState.Disabled => CommandState.Disabled,
                _ => CommandState.Hidden,
            },
        };
        if (command.DisplayDescription is { } description) view.DisplayDescription = description;
        if (command.ConfirmationMessage is { } question) view.ConfirmationMessage = question;
        if (command.IconName is { } icon) view.IconName = icon;
        return view;
    }
}
