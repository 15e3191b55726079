/** An API of pets with every kind of argument, served at `${url}/v1`. */
export function aPetDocument(url: string): Record<string, unknown> {
  const petId = { name: 'petId', in: 'path', required: true, schema: { type: 'string' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Pets', version: '2.0.0' },
    servers: [{ url: `${url}/v1` }],
    paths: {
      '/pets/{petId}': {
        parameters: [petId],
        get: { operationId: 'getPet', responses: { 200: { description: 'a pet' } } },
        put: {
          operationId: 'updatePet',
          parameters: [
            { name: 'notify', in: 'query', schema: { type: 'boolean' } },
            { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
            { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          ],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['name'],
                  properties: { name: { type: 'string' }, age: { type: 'integer' } },
                },
              },
            },
          },
          responses: { 200: { description: 'the pet' } },
        },
      },
    },
  };
}

/** The same API in a document of that size: an example takes up the room. */
export function bigDocument(url: string, bytes: number): Record<string, unknown> {
  const document = aPetDocument(url);
  const padding = Array.from({ length: Math.ceil(bytes / 100) }, (_, index) => `${index} ${'x'.repeat(90)}`);
  return { ...document, components: { examples: { Padding: { value: padding } } } };
}
