/** What a service sees of a request; only members that are told are looked at. */
export interface Seen {
  /** Path and query as they came. */
  target: string;
  headers?: Record<string, unknown>;
  /** As its media type says: JSON, pairs of a form, parts of a multipart form, the numbers of bytes, or text. */
  body?: unknown;
}

export interface StyledOperation {
  id: string;
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  /** Of Fastify. `x-style` and `x-explode` in a parameter's schema say how it is written. */
  schema: Record<string, unknown>;
  /** What an MCP client says. */
  args: Record<string, unknown>;
  /** What the service is to get. */
  meant: Seen;
  /** `{"ok":true}` unless given. */
  answer?: { status?: number; type?: string; body?: string | Buffer };
  /** What the client is to get; the answer as structured content unless given. */
  result?: { structured?: unknown; content?: unknown[] };
}

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const point = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } };
const inPath = (name: string, schema: object, style: string, explode = false) => ({
  params: { type: 'object', properties: { [name]: { ...schema, 'x-style': style, 'x-explode': explode } } },
});
const inQuery = (properties: Record<string, object>) => ({ querystring: { type: 'object', properties } });
const body = (mediaType: string, schema: object) => ({ body: { content: { [mediaType]: { schema } } } });
const get = (id: string, url: string): Pick<StyledOperation, 'id' | 'method' | 'url'> => ({ id, method: 'GET', url });
const post = (id: string, url: string): Pick<StyledOperation, 'id' | 'method' | 'url'> => ({ id, method: 'POST', url });

const parameters: StyledOperation[] = [
  {
    ...get('pathSimple', '/path/simple/:ids'),
    schema: inPath('ids', texts, 'simple'),
    args: { ids: ['a', 'b c', 'ü/x'] },
    meant: { target: '/path/simple/a,b%20c,%C3%BC%2Fx' },
  },
  {
    ...get('pathLabel', '/path/label/:ids'),
    schema: inPath('ids', texts, 'label', true),
    args: { ids: ['blue', 'black'] },
    meant: { target: '/path/label/.blue.black' },
  },
  {
    ...get('pathMatrix', '/path/matrix/:point'),
    schema: inPath('point', point, 'matrix', true),
    args: { point: { x: 1, y: -2 } },
    meant: { target: '/path/matrix/;x=1;y=-2' },
  },
  {
    ...get('pathMatrixList', '/path/matrix-list/:ids'),
    schema: inPath('ids', texts, 'matrix'),
    args: { ids: ['a', 'b'] },
    meant: { target: '/path/matrix-list/;ids=a,b' },
  },
  {
    ...get('queryForm', '/query/form'),
    schema: inQuery({ ids: texts, point, flag: { type: 'boolean' }, none: texts }),
    args: { ids: ['a&b', 'c'], point: { x: 1, y: 2 }, flag: false, none: [] },
    meant: { target: '/query/form?ids=a%26b&ids=c&x=1&y=2&flag=false' },
  },
  {
    ...get('queryFormJoined', '/query/form-joined'),
    schema: inQuery({ ids: { ...texts, 'x-style': 'form', 'x-explode': false } }),
    args: { ids: ['a', 'b c'] },
    meant: { target: '/query/form-joined?ids=a,b%20c' },
  },
  {
    ...get('querySpace', '/query/space'),
    schema: inQuery({ ids: { ...texts, 'x-style': 'spaceDelimited', 'x-explode': false } }),
    args: { ids: ['a', 'b'] },
    meant: { target: '/query/space?ids=a%20b' },
  },
  {
    ...get('queryPipe', '/query/pipe'),
    schema: inQuery({ ids: { ...texts, 'x-style': 'pipeDelimited', 'x-explode': false } }),
    args: { ids: ['a', 'b'] },
    meant: { target: '/query/pipe?ids=a%7Cb' },
  },
  {
    ...get('queryDeep', '/query/deep'),
    schema: inQuery({
      filter: {
        type: 'object',
        properties: { name: text, range: point },
        'x-style': 'deepObject',
        'x-explode': true,
      },
    }),
    args: { filter: { name: 'a b', range: { x: 1 } } },
    meant: { target: '/query/deep?filter%5Bname%5D=a%20b&filter%5Brange%5D%5Bx%5D=1' },
  },
  {
    ...get('queryJson', '/query/json'),
    schema: inQuery({ filter: { ...point, 'x-consume': 'application/json' } }),
    args: { filter: { x: 1, y: 2 } },
    meant: { target: '/query/json?filter=%7B%22x%22%3A1%2C%22y%22%3A2%7D' },
  },
  {
    ...get('headers', '/headers'),
    schema: { headers: { type: 'object', properties: { 'x-trace': text, 'x-ids': texts } } },
    args: { 'x-trace': 'abc', 'x-ids': ['a', 'b'] },
    meant: { target: '/headers', headers: { 'x-trace': 'abc', 'x-ids': 'a,b' } },
  },
  {
    ...get('cookies', '/cookies'),
    schema: { cookies: { type: 'object', properties: { session: text, theme: text } } },
    args: { session: 'a;b', theme: 'dark' },
    meant: { target: '/cookies', headers: { cookie: 'session=a%3Bb; theme=dark' } },
  },
];

const bodies: StyledOperation[] = [
  {
    ...post('jsonObject', '/body/json'),
    schema: {
      ...body('application/json', {
        type: 'object',
        properties: { name: text, tags: texts, at: point, gone: { type: ['string', 'null'] } },
        required: ['name'],
      }),
    },
    args: { name: 'Rex ü', tags: [], at: { x: 1 }, gone: null },
    meant: { target: '/body/json', body: { name: 'Rex ü', tags: [], at: { x: 1 }, gone: null } },
  },
  {
    ...post('jsonList', '/body/json-list'),
    schema: body('application/json', { type: 'array', items: point, title: 'Points' }),
    args: { points: [{ x: 1 }, { y: 2 }] },
    meant: { target: '/body/json-list', body: [{ x: 1 }, { y: 2 }] },
  },
  {
    ...post('urlencoded', '/body/urlencoded'),
    schema: body('application/x-www-form-urlencoded', { type: 'object', properties: { name: text, ids: texts } }),
    args: { name: 'a&b=c d', ids: ['x', 'y'] },
    meant: {
      target: '/body/urlencoded',
      body: [
        ['name', 'a&b=c d'],
        ['ids', 'x'],
        ['ids', 'y'],
      ],
    },
  },
  {
    ...post('multipart', '/body/multipart'),
    schema: body('multipart/form-data', {
      type: 'object',
      properties: { note: text, file: { type: 'string', format: 'binary' } },
      required: ['file'],
    }),
    args: {
      note: 'hé',
      file: { filename: 'a.txt', content_type: 'text/x-thing', data: Buffer.from('bytes').toString('base64') },
    },
    meant: {
      target: '/body/multipart',
      body: [
        ['note', 'hé'],
        ['file', 'a.txt', 'text/x-thing', 'bytes'],
      ],
    },
  },
  {
    ...post('plainText', '/body/text'),
    schema: body('text/plain', text),
    args: { body: 'two\nlines ü' },
    meant: { target: '/body/text', body: 'two\nlines ü' },
  },
  {
    ...{ id: 'binary', method: 'PUT', url: '/body/binary' },
    schema: body('application/octet-stream', { type: 'string', format: 'binary' }),
    args: { body: Buffer.from([0, 255, 10]).toString('base64') },
    meant: { target: '/body/binary', body: [0, 255, 10] },
  },
];

/** What an API answers, and what becomes of it. */
export const answeringOperations: StyledOperation[] = [
  {
    ...get('answerObject', '/answer/object'),
    schema: { response: { 200: { type: 'object', properties: { id: { type: 'integer' } } } } },
    args: {},
    meant: { target: '/answer/object' },
    answer: { body: '{"id":7,"more":[null]}' },
    result: { structured: { id: 7, more: [null] } },
  },
  {
    ...get('answerList', '/answer/list'),
    schema: { response: { 200: { type: 'array', items: text } } },
    args: {},
    meant: { target: '/answer/list' },
    answer: { body: '["a","b"]' },
    result: { structured: { result: ['a', 'b'] }, content: [{ type: 'text', text: '["a","b"]' }] },
  },
  {
    ...get('answerNothing', '/answer/nothing'),
    schema: {},
    args: {},
    meant: { target: '/answer/nothing' },
    answer: { status: 204 },
    result: { content: [] },
  },
  {
    ...get('answerText', '/answer/text'),
    schema: {},
    args: {},
    meant: { target: '/answer/text' },
    answer: { type: 'text/plain; charset=utf-8', body: '{"looks": "like JSON"}' },
    result: { content: [{ type: 'text', text: '{"looks": "like JSON"}' }] },
  },
  {
    ...get('answerImage', '/answer/image'),
    schema: {},
    args: {},
    meant: { target: '/answer/image' },
    answer: { type: 'image/png', body: Buffer.from([1, 2, 3]) },
    result: { content: [{ type: 'image', mimeType: 'image/png', data: 'AQID' }] },
  },
  {
    ...get('answerBytes', '/answer/bytes'),
    schema: {},
    args: {},
    meant: { target: '/answer/bytes' },
    answer: { type: 'application/zip', body: Buffer.from([80, 75]) },
    result: { content: [{ type: 'resource', resource: { mimeType: 'application/zip', blob: 'UEs=' } }] },
  },
];

export const styledOperations: readonly StyledOperation[] = [...parameters, ...bodies, ...answeringOperations];
