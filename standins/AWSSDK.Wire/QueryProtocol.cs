using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.Wire;

/// <summary>Query protocol: the request object flattened to form fields, XML back.</summary>
internal sealed class QueryMarshaller(string service, string action, string apiVersion) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service) { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters.Add("Action", action);
        request.Parameters.Add("Version", apiVersion);
        AddMembers(request.Parameters, prefix: "", input);
        return request;
    }

    private static void AddMembers(IDictionary<string, string> form, string prefix, object value)
    {
        // DeclaredOnly: the base class carries members that are not part of the wire shape.
        foreach (var member in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            Add(form, prefix + member.Name, member.GetValue(value));
    }

    private static void Add(IDictionary<string, string> form, string name, object value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                form.Add(name, text);
                break;
            case bool flag:
                form.Add(name, flag ? "true" : "false");
                break;
            case int number:
                form.Add(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case MemoryStream bytes:
                form.Add(name, Convert.ToBase64String(bytes.ToArray()));
                break;
            case IDictionary map:
                AddMap(form, name, map);
                break;
            case IList list:
                AddList(form, name, list);
                break;
            default:
                AddMembers(form, name + ".", value);
                break;
        }
    }

    private static void AddMap(IDictionary<string, string> form, string name, IDictionary map)
    {
        var number = 0;
        foreach (DictionaryEntry entry in map)
        {
            // SNS names the members of MessageAttributes in upper case and those of plain string maps in lower case.
            var (key, value) = entry.Value is string ? ("key", "value") : ("Name", "Value");
            number++;
            Add(form, $"{name}.entry.{number}.{key}", entry.Key);
            Add(form, $"{name}.entry.{number}.{value}", entry.Value);
        }
    }

    private static void AddList(IDictionary<string, string> form, string name, IList list)
    {
        // An empty list is a statement, null is none.
        if (list.Count == 0)
            form.Add(name, "");

        for (var i = 0; i < list.Count; i++)
            Add(form, $"{name}.member.{i + 1}", list[i]);
    }
}

internal sealed class QueryUnmarshaller<T>(Action<T, XElement> read, Func<ServiceError, AmazonServiceException> error) : XmlResponseUnmarshaller
    where T : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        var root = XDocument.Load(input.Stream).Root;
        var response = new T
        {
            ResponseMetadata = new ResponseMetadata { RequestId = root.Child("ResponseMetadata").Text("RequestId") }
        };
        if (root.Elements().FirstOrDefault(e => e.Name.LocalName.EndsWith("Result", StringComparison.Ordinal)) is { } result)
            read(response, result);
        return response;
    }

    // <ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>…</Message></Error><RequestId>…</RequestId></ErrorResponse>
    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var root = ReadRoot(input.Stream);
        var body = root.Child("Error");
        var type = body is null ? ServiceError.TypeOf(statusCode) : ServiceError.TypeOf(body.Text("Type"));
        var code = body.Text("Code");
        return error(new ServiceError(
            code, body.Text("Message") ?? $"HTTP {(int)statusCode}", innerException, type, code, root.Text("RequestId"), statusCode));
    }

    private static XElement ReadRoot(Stream body)
    {
        try
        {
            return XDocument.Load(body).Root;
        }
        catch (XmlException)
        {
            // A proxy's HTML page: the status is all there is to tell.
            return null;
        }
    }
}

/// <summary>Reading by local name: the namespace only repeats the API version.</summary>
internal static class XmlReading
{
    public static XElement Child(this XElement element, string name) =>
        element?.Elements().FirstOrDefault(e => string.Equals(e.Name.LocalName, name, StringComparison.Ordinal));

    public static string Text(this XElement element, string name) => element.Child(name)?.Value;

    public static List<T> Members<T>(this XElement element, string name, Func<XElement, T> read) =>
        element.Child(name)?.Elements().Select(read).ToList() is { Count: > 0 } list ? list : Collections.List<T>();
}
