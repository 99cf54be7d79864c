using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pulse.StandIns.Tests.Signatures;

/// <summary>Members as C# writes them, with short type names; what decides whether a call compiles is in it: defaults, nullability, constraints.</summary>
internal static class SignatureText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
        [typeof(double)] = "double",
    };

    public static string FullName(Type type) =>
        type.DeclaringType is { } outer ? $"{FullName(outer)}.{ShortName(type)}" : $"{type.Namespace}.{ShortName(type)}";

    public static string Of(ConstructorInfo constructor) => $"{Protected(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})";

    public static string Of(FieldInfo field) =>
        $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType, Nullability.Create(field))} {field.Name}";

    public static string Of(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && PublicSurface.IsVisible(getter) ? " get;" : "";
        var set = property.SetMethod is { } setter && PublicSurface.IsVisible(setter) ? IsInit(setter) ? " init;" : " set;" : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";
        var any = property.GetMethod ?? property.SetMethod!;
        return $"{Protected(any)}{(any.IsStatic ? "static " : "")}{required}{Name(property.PropertyType, Nullability.Create(property))} {property.Name} {{{get}{set} }}";
    }

    public static string Of(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(t => t.Name))}>" : "";
        var extension = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        var isStatic = method.IsStatic && extension.Length == 0 && !method.DeclaringType!.IsInterface ? "static " : "";
        var constraints = string.Concat(method.IsGenericMethod ? method.GetGenericArguments().Select(Constraint) : []);
        return $"{Protected(method)}{isStatic}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({extension}{Parameters(method)}){constraints}";
    }

    private static string Protected(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Constraint(Type parameter)
    {
        List<string> constraints = [.. parameter.GetGenericParameterConstraints().Select(ShortName)];
        if (parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)) constraints.Add("new()");
        return constraints.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", constraints)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) ? "params " : "";
        return $"{direction}{Name(type, Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}";
    }

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        bool value => value ? "true" : "false",
        string value => $"\"{value}\"",
        Enum value => value.ToString(),
        int value when parameter.ParameterType.IsEnum => Enum.GetName(parameter.ParameterType, value)!,
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string ShortName(Type type) => Name(type, nullability: null);

    private static string Name(Type type, NullabilityInfo? nullability)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return ShortName(underlying) + "?";
        var mark = !type.IsValueType && nullability is { ReadState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray) return $"{Name(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
        if (Keywords.TryGetValue(type, out var keyword)) return keyword + mark;
        if (!type.IsGenericType) return type.Name + mark;

        var arguments = type.GetGenericArguments().Select((argument, i) => Name(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
    }
}
