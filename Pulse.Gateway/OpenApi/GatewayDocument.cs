using System.Text.Json.Nodes;

namespace Pulse.Gateway.OpenApi;

/// <summary>What the gateway itself brings to the document: its own calls, the server, the bearer token.</summary>
internal static class GatewayDocument
{
    private const string Json = """
        {
          "openapi": "3.1.1",
          "info": {
            "title": "Pulse",
            "version": "v1",
            "description": "Sign up, log in, and put the access token into Authorize. Errors are application/problem+json; every answer carries X-RateLimit-Limit, -Remaining and -Reset. Any call may answer 414 or 431 to an address or headers that are too long, and an unknown path 404 or method 405."
          },
          "servers": [{ "url": "/" }],
          "security": [{ "bearer": [] }],
          "paths": {
            "/system/health": {
              "get": {
                "tags": ["System"],
                "summary": "The health of every process and of what they depend on.",
                "operationId": "GetSystemHealth",
                "security": [],
                "responses": {
                  "200": { "description": "Healthy or degraded", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/SystemHealth" } } } },
                  "429": { "description": "Too Many Requests", "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } },
                  "503": { "description": "Unhealthy", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/SystemHealth" } } } }
                }
              }
            }
          },
          "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": {
              "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "instance"],
                "properties": {
                  "type": { "type": "string" },
                  "title": { "type": "string" },
                  "status": { "type": "integer" },
                  "detail": { "type": "string" },
                  "instance": { "type": "string" },
                  "trace_id": { "type": "string" },
                  "errors": { "type": "object", "description": "Of a 400: what is wrong with each field.", "additionalProperties": { "type": "array", "items": { "type": "string" } } }
                }
              },
              "SystemState": { "enum": ["unknown", "healthy", "degraded", "unhealthy"] },
              "SystemHealth": {
                "type": "object",
                "required": ["status", "database", "redis", "bus", "services", "timestamp"],
                "properties": {
                  "status": { "$ref": "#/components/schemas/SystemState" },
                  "database": { "$ref": "#/components/schemas/SystemState" },
                  "redis": { "$ref": "#/components/schemas/SystemState" },
                  "bus": { "$ref": "#/components/schemas/SystemState" },
                  "services": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/SystemState" } },
                  "timestamp": { "type": "string", "format": "date-time" }
                }
              }
            }
          }
        }
        """;

    public static JsonObject Create() => JsonNode.Parse(Json)!.AsObject();
}
