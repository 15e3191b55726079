/** The writing half of the hub's own API, beside `data/hub-api.openapi.yaml`. */
export function hubWrites(url: string): Record<string, unknown> {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const wait = { name: 'wait', in: 'query', schema: { type: 'boolean' } };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Entry' } } };
  const done = { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } };
  const change = (operationId: string) => ({
    post: { operationId, parameters: [id, wait], responses: { 200: done, 202: done } },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'MCP Hub Registry, writing', version: '1.0.0' },
    servers: [{ url }],
    security: [{ token: [] }],
    paths: {
      '/v0/publish': {
        post: { operationId: 'publish', requestBody: { required: true, content }, responses: { 201: done } },
      },
      '/v0/servers/{id}': {
        parameters: [id],
        put: { operationId: 'update', requestBody: { required: true, content }, responses: { 200: done } },
        delete: { operationId: 'remove', responses: { 200: done } },
      },
      '/v0/servers/{id}/disable': change('disable'),
      '/v0/servers/{id}/enable': change('enable'),
      '/v0/servers/{id}/reload': change('reload'),
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Entry: {
          type: 'object',
          required: ['name', 'description'],
          properties: {
            id: { type: 'string' },
            name: { type: 'string' },
            description: { type: 'string' },
            module_config: { type: 'object', properties: { path: { type: 'string' } } },
            load_immediately: { type: 'boolean' },
          },
        },
      },
    },
  };
}
