using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pulse.StandIns.Tests.Signatures;

/// <summary>What other projects can see of an assembly, a line of C# per member.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The full names of the public types, each with its public and protected members in a stable order.</summary>
    public static SortedDictionary<string, IReadOnlyList<string>> Of(Assembly assembly)
    {
        var surface = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var type in assembly.GetExportedTypes()) surface[SignatureText.FullName(type)] = Members(type);
        return surface;
    }

    private static string[] Members(Type type)
    {
        if (type.IsEnum) return [string.Join(", ", Enum.GetNames(type))];
        if (type.IsSubclassOf(typeof(Delegate))) return [SignatureText.Of(type.GetMethod("Invoke")!)];

        var constructors = type.GetConstructors(Declared).Where(IsVisible).Where(c => !IsGenerated(c)).Select(SignatureText.Of);
        var fields = type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(SignatureText.Of);
        var properties = type.GetProperties(Declared).Where(p => p.GetAccessors(nonPublic: true).Any(IsVisible) && !IsGenerated(p)).Select(SignatureText.Of);
        var methods = type.GetMethods(Declared).Where(IsVisible).Where(m => !IsGenerated(m) && !IsAccessor(m) && !IsOfEveryObject(m)).Select(SignatureText.Of);
        return [.. constructors.Concat(fields).Concat(properties).Concat(methods).Order(StringComparer.Ordinal)];
    }

    public static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsOfEveryObject(MethodInfo method) => method.GetBaseDefinition().DeclaringType == typeof(object);

    // Of a record: copying, equality, printing, deconstruction.
    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || member.Name is "EqualityContract" or "<Clone>$";
}
