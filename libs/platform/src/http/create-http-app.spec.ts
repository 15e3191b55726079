import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post, Put, Query } from '@nestjs/common';
import { IsIn, IsInt, IsOptional, Min, IsString, ValidateNested } from 'class-validator';
import { Transform, Type } from 'class-transformer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DuplicateServer, ServerNotFound, type Issue } from '@mcp-hub/domain';
import { CurrentPrincipal, OpenToAll, RequiresScope } from '../auth/route-access.js';
import type { Principal } from '../auth/principal.js';
import { TokenAuth, sha256Hex } from '../auth/token-auth.js';
import { Readiness } from '../health/readiness.js';
import { RecordingLog } from '@mcp-hub/application/testing';
import { createHttpApp, type RunningHttpApp } from './create-http-app.js';
import { ReportsIssues, WholeBody } from './entry-pipe.js';
import { HttpProblem } from './problem.js';

class Version {
  @IsString() number!: string;
}

class EntryBody {
  @WholeBody()
  @ReportsIssues(checkEntry, { prefix: '' })
  entry!: unknown;

  @IsOptional()
  @IsIn([true, false])
  load_immediately?: boolean;
}

class SettingsBody {
  @IsInt() @Min(1) count!: number;
  @IsString() label!: string;
  @ValidateNested() @Type(() => Version) version!: Version;
}

class PageQuery {
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => Number(value))
  @IsInt({ message: 'must be a whole number' })
  limit?: number;
}

function checkEntry(entry: unknown): Issue[] {
  const fields = entry as Record<string, unknown>;
  return ['name', 'description']
    .filter((field) => typeof fields[field] !== 'string')
    .map((path) => ({ path, message: 'is required', code: 'required' }));
}

let handled = 0;

@Controller('v0')
class EntriesController {
  @Get('servers')
  list(@Query() query: PageQuery): unknown {
    return { servers: [], limit: query.limit ?? 30 };
  }
  @Get('servers/:id')
  find(@Param('id') id: string): unknown {
    if (id === 'gone') throw new ServerNotFound(id);
    if (id === 'broken') throw new Error('password hunter2 at /srv/secret/path');
    if (id === 'stale') throw new HttpProblem(412, 'stale', 'Read it again.');
    return { id };
  }
  @Get('servers/:id/logs')
  @RequiresScope('publish')
  logs(@CurrentPrincipal() principal: Principal): unknown {
    return { for: principal.name };
  }
  @Post('publish')
  publish(@Body() body: EntryBody): unknown {
    handled += 1;
    if ((body.entry as { name: string }).name === 'twice') throw new DuplicateServer('twice');
    return { entry: body.entry, load: body.load_immediately ?? false };
  }
  @Put('settings')
  change(@Body() body: SettingsBody): unknown {
    return { count: body.count };
  }
  @Post('servers/:id/reload')
  @HttpCode(202)
  reload(@Param('id') id: string): unknown {
    return { id };
  }
  @Delete('servers/:id')
  @RequiresScope('admin')
  remove(): unknown {
    return { message: 'gone' };
  }
  @Post('ping')
  @OpenToAll()
  ping(): unknown {
    return { pong: true };
  }
}

@Module({ controllers: [EntriesController] })
class TestModule {}

const tokens = new TokenAuth([
  { name: 'owner', sha256: sha256Hex('owner-token'), scopes: ['publish'] },
  { name: 'caller', sha256: sha256Hex('caller-token'), scopes: ['call'] },
]);
const owner = { authorization: 'Bearer owner-token' };
const json = { 'content-type': 'application/json' };
const entry = { name: 'weather', description: 'tells it' };

const log = new RecordingLog();
let hub: RunningHttpApp;
let open: RunningHttpApp;

beforeAll(async () => {
  hub = await createHttpApp(TestModule, {
    log,
    host: '127.0.0.1',
    port: 0,
    auth: { isEnabled: true, protectsReads: false, tokens },
    corsOrigins: ['*'],
    bodyLimitBytes: 1024 * 1024,
    rawHandlers: [echoPath],
  });
  open = await createHttpApp(TestModule, {
    log,
    host: '127.0.0.1',
    port: 0,
    corsOrigins: ['https://reader.example'],
    ownHosts: ['hub.example'],
  });
});
afterAll(async () => {
  await Promise.all([hub.close(), open.close()]);
});
afterEach(() => {
  log.clear();
  handled = 0;
});

function echoPath(req: IncomingMessage, res: ServerResponse): boolean {
  if (!req.url?.startsWith('/servers/')) return false;
  res.end(`raw ${req.url}`);
  return true;
}

async function ask(path: string, init: RequestInit & { at?: RunningHttpApp } = {}): Promise<Response> {
  const { at = hub, ...rest } = init;
  return fetch(`${at.url}${path}`, { redirect: 'manual', ...rest });
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}, at = hub): Promise<Response> =>
  ask(path, {
    method: 'POST',
    headers: { ...json, ...owner, ...headers },
    body: JSON.stringify(body),
    at,
  });

describe('errors', () => {
  it('answers an error of the domain with its status, code and detail', async () => {
    const answer = await ask('/v0/servers/gone');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'server_not_found',
      errors: [],
    });
    expect(body['error']).toBe(body['detail']);
  });
  it('says nothing of an error that nobody expected', async () => {
    const answer = await ask('/v0/servers/broken');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/hunter2|secret\/path/);
  });
  it('logs an error that nobody expected once', async () => {
    await ask('/v0/servers/broken');
    expect(log.named('http.request_failed')).toHaveLength(1);
  });
  it('logs nothing for a client error', async () => {
    await ask('/v0/servers/gone');
    expect(log.named('http.request_failed')).toHaveLength(0);
  });
  it('answers statuses that only HTTP has', async () => {
    expect((await ask('/v0/servers/stale')).status).toBe(412);
  });
  it('answers a path that nothing is at with 404', async () => {
    const answer = await ask('/v0/nothing');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'not_found' });
  });
  it('answers a method that a path does not take with 405 and those it takes', async () => {
    const answer = await ask('/v0/publish', { method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });
  it('answers a path with a bad percent-encoding with 400', async () => {
    const answer = await ask('/v0/servers/%E0%A4%A');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
  it('answers bytes that are no HTTP with the same body', async () => {
    const text = await sendRaw(hub.port, 'GARBAGE\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain('"code":"malformed_request"');
  });
});

describe('paths', () => {
  it('redirects a trailing slash, keeping the query and an encoded slash', async () => {
    const answer = await ask('/v0/servers/a%2Fb/?x=1');
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe('/v0/servers/a%2Fb?x=1');
  });
  it('does not redirect to another host', async () => {
    expect(
      (await sendRaw(hub.port, 'GET //evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).split(
        '\r\n',
        1,
      )[0],
    ).toContain('404');
  });
  it('decodes an encoded slash in a parameter', async () => {
    expect(await (await ask('/v0/servers/a%2Fb')).json()).toEqual({
      id: 'a/b',
    });
  });
  it('takes parameters as long as names get', async () => {
    const id = 'x'.repeat(900);
    expect(await (await ask(`/v0/servers/${id}`)).json()).toEqual({ id });
  });
  it('answers HEAD as GET, without the body', async () => {
    const answer = await ask('/v0/servers/a', { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
  it('lets a raw handler answer before Nest sees the request', async () => {
    expect(await (await ask('/servers/a/mcp', { method: 'POST', body: 'x' })).text()).toBe('raw /servers/a/mcp');
  });
});

describe('tokens', () => {
  it('refuses a write without a token, and says what it wants', async () => {
    const answer = await ask('/v0/publish', {
      method: 'POST',
      headers: json,
      body: JSON.stringify(entry),
    });
    expect([answer.status, handled]).toEqual([401, 0]);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
  it('refuses a token that nobody has', async () => {
    expect((await post('/v0/publish', entry, { authorization: 'Bearer nobody' })).status).toBe(401);
  });
  it('refuses a token without the scope', async () => {
    const answer = await post('/v0/publish', entry, {
      authorization: 'Bearer caller-token',
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'scope_missing' });
  });
  it('needs the scope that a handler declares rather than that of all writes', async () => {
    expect((await ask('/v0/servers/a', { method: 'DELETE', headers: owner })).status).toBe(403);
  });
  it('needs a declared scope even where reads are open', async () => {
    expect((await ask('/v0/servers/a/logs')).status).toBe(401);
  });
  it('tells the handler who asks', async () => {
    expect(await (await ask('/v0/servers/a/logs', { headers: owner })).json()).toEqual({ for: 'owner' });
  });
  it('leaves reads open', async () => {
    expect((await ask('/v0/servers/a')).status).toBe(200);
  });
  it('leaves a handler open that says so', async () => {
    expect((await ask('/v0/ping', { method: 'POST' })).status).toBe(201);
  });
  it('protects reads where that is wanted', async () => {
    const closed = await createHttpApp(TestModule, {
      log,
      host: '127.0.0.1',
      port: 0,
      auth: { isEnabled: true, protectsReads: true, tokens },
    });
    try {
      expect((await ask('/v0/servers/a', { at: closed })).status).toBe(401);
      expect((await ask('/v0/servers/a', { at: closed, headers: owner })).status).toBe(200);
    } finally {
      await closed.close();
    }
  });
  it('refuses before the body has arrived', async () => {
    expect(await answerToUnfinishedUpload(hub.port, {})).toBe(401);
  });
  it('does not ask for the body of a request that it refuses', async () => {
    expect(await expectContinue(hub.port, {})).toEqual({
      continued: false,
      status: 401,
    });
  });
  it('asks for the body of a request that it takes', async () => {
    expect(await expectContinue(hub.port, owner)).toEqual({
      continued: true,
      status: 201,
    });
  });
});

describe('origins', () => {
  it('refuses a write from a page of another origin before its body has arrived', async () => {
    expect(
      await answerToUnfinishedUpload(hub.port, {
        ...owner,
        origin: 'https://evil.example',
      }),
    ).toBe(403);
  });
  it('refuses it without authentication too', async () => {
    expect((await post('/v0/publish', entry, { origin: 'https://evil.example' }, open)).status).toBe(403);
  });
  it('takes a write from a page of its own', async () => {
    expect((await post('/v0/publish', entry, { origin: open.url }, open)).status).toBe(201);
  });
  it('lets pages of any origin read with *', async () => {
    const answer = await ask('/v0/servers/gone', {
      headers: { origin: 'https://other.example' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
  it('lets only listed origins read otherwise', async () => {
    const from = async (origin: string): Promise<string | null> =>
      (await ask('/v0/servers', { at: open, headers: { origin } })).headers.get('access-control-allow-origin');
    expect([await from('https://reader.example'), await from('https://other.example')]).toEqual([
      'https://reader.example',
      null,
    ]);
  });
  it('tells browsers that only reads may cross origins', async () => {
    const answer = await ask('/v0/publish', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://other.example',
        'access-control-request-method': 'POST',
      },
    });
    expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD']);
  });
});

describe('bodies', () => {
  const yaml = (body: string, type = 'application/yaml'): Promise<Response> =>
    ask('/v0/publish', {
      method: 'POST',
      headers: { ...owner, 'content-type': type },
      body,
    });

  it.each(['application/yaml', 'text/yaml', 'application/x-yaml; charset=utf-8'])('reads %s', async (type) => {
    const answer = await yaml('name: weather\ndescription: tells it\n', type);
    expect(await answer.json()).toMatchObject({ entry });
  });
  it('answers in YAML those who ask for it', async () => {
    const answer = await ask('/v0/servers/a', {
      headers: { accept: 'application/yaml' },
    });
    expect(answer.headers.get('content-type')).toContain('application/yaml');
    expect(await answer.text()).toBe('id: a\n');
  });
  it('answers errors as JSON whatever was asked for', async () => {
    const answer = await ask('/v0/servers/gone', {
      headers: { accept: 'application/yaml' },
    });
    expect(await answer.json()).toMatchObject({ status: 404 });
  });
  it.each([
    ['no Content-Type', undefined],
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
  ])('answers a body with %s with 415', async (_name, type) => {
    const answer = await ask('/v0/publish', {
      method: 'POST',
      headers: { ...owner, ...(type && { 'content-type': type }) },
      body: new TextEncoder().encode('{}'),
    });
    expect(answer.status).toBe(415);
  });
  it.each([
    ['JSON', 'application/json', '{"name": "top-secret", }'],
    ['YAML', 'application/yaml', 'name: "top-secret\nb: ['],
    ['UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['YAML with a key twice', 'application/yaml', 'name: top-secret\nname: b\n'],
  ])('answers what is no %s with 400 without repeating it', async (_name, type, body) => {
    const answer = await ask('/v0/publish', {
      method: 'POST',
      headers: { ...owner, 'content-type': type },
      body,
    });
    const text = await answer.text();
    expect([answer.status, text.includes('malformed_body'), text.includes('top-secret')]).toEqual([400, true, false]);
  });
  it('answers a body over the limit with 413', async () => {
    expect((await post('/v0/publish', { ...entry, filler: 'x'.repeat(1024 * 1024) })).status).toBe(413);
  });
  it('answers a body over the limit that does not say its length with 413', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if ((sent += 1) > 20) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const init = {
      method: 'POST',
      headers: { ...owner, ...json },
      body,
      duplex: 'half',
    };
    expect((await ask('/v0/publish', init as RequestInit)).status).toBe(413);
  });
  it('takes a write without a body', async () => {
    expect((await ask('/v0/servers/a/reload', { method: 'POST', headers: owner })).status).toBe(202);
  });
  it('takes an empty body that says it is JSON', async () => {
    expect(
      (
        await ask('/v0/servers/a/reload', {
          method: 'POST',
          headers: { ...owner, ...json },
          body: '',
        })
      ).status,
    ).toBe(202);
  });
});

describe('checks', () => {
  it('reports everything that a check finds, and what is declared beside it', async () => {
    const answer = await post('/v0/publish', { load_immediately: 'soon' });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: Issue[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['description', 'load_immediately', 'name']);
  });
  it('hands the whole body over as it came', async () => {
    const body = {
      ...entry,
      nested: { a: [1, { b: null }] },
      load_immediately: true,
    };
    expect(await (await post('/v0/publish', body)).json()).toEqual({
      entry: body,
      load: true,
    });
  });
  it('reports fields of nested objects by their path, and fields that are not there', async () => {
    const answer = await ask('/v0/settings', {
      method: 'PUT',
      headers: { ...owner, ...json },
      body: JSON.stringify({
        count: 0,
        label: 5,
        version: { number: 1 },
        colour: 'red',
      }),
    });
    const { errors, code } = (await answer.json()) as {
      errors: Issue[];
      code: string;
    };
    expect(code).toBe('invalid_body');
    expect(errors.map(({ path, code: of }) => `${path} ${of}`).sort()).toEqual([
      'colour unknown_field',
      'count min',
      'label is_string',
      'version.number is_string',
    ]);
  });
  it('answers a body that is no object with 422', async () => {
    expect(
      (
        await ask('/v0/settings', {
          method: 'PUT',
          headers: { ...owner, ...json },
          body: '[1]',
        })
      ).status,
    ).toBe(422);
  });
  it('answers a bad query with 400', async () => {
    const answer = await ask('/v0/servers?limit=many');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ path: 'limit', message: 'must be a whole number' }],
    });
  });
  it('answers with what a query was turned into', async () => {
    expect(await (await ask('/v0/servers?limit=7&other=1')).json()).toMatchObject({ limit: 7 });
  });
});

describe('life', () => {
  it('answers health where it is given what to watch', async () => {
    const readiness = new Readiness();
    let isUp = false;
    readiness.register({
      name: 'database',
      isReady: () => isUp,
      detail: () => 'waiting for MongoDB',
    });
    const app = await createHttpApp(TestModule, {
      log,
      host: '127.0.0.1',
      port: 0,
      readiness,
    });
    try {
      expect((await ask('/healthz', { at: app })).status).toBe(200);
      const before = await ask('/readyz', { at: app });
      expect(before.status).toBe(503);
      expect(await before.json()).toMatchObject({
        checks: [{ name: 'database', ready: false, detail: 'waiting for MongoDB' }],
      });
      isUp = true;
      expect((await ask('/readyz', { at: app })).status).toBe(200);
    } finally {
      await app.close();
    }
  });
  it('ends a request whose body comes byte by byte', async () => {
    const readsOn = (req: IncomingMessage): boolean => req.resume() === req;
    const options = { log, host: '127.0.0.1', port: 0, requestTimeoutMs: 200, rawHandlers: [readsOn] };
    const app = await createHttpApp(TestModule, options);
    const client = connect(app.port, '127.0.0.1');
    let answer = '';
    client.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    client.on('error', () => undefined);
    const head =
      'POST /v0/servers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
    client.write(`${head}{`);
    const drip = setInterval(() => client.write(' '), 20);
    await new Promise((resolve) => client.once('close', resolve));
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await app.close();
  });

  it('says which port is taken where it cannot listen', async () => {
    await expect(createHttpApp(TestModule, { log, host: '127.0.0.1', port: hub.port })).rejects.toMatchObject({
      name: 'StartRefused',
      message: `Port ${hub.port} is in use: set api.port (MCP_REGISTRY_API_PORT) or stop what listens there.`,
    });
  });
  it('says which host is not of this machine where it cannot listen', async () => {
    const app = createHttpApp(TestModule, { log, host: '192.0.2.1', port: 0, section: 'gateway' });
    await expect(app).rejects.toThrow('192.0.2.1 is no address of this machine: set gateway.host');
  });
  it('takes no new connections, and has clients close theirs, for a while before it closes', async () => {
    const app = await createHttpApp(TestModule, { log, host: '127.0.0.1', port: 0, lingerMs: 200 });
    const socket = connect(app.port, '127.0.0.1');
    const answer = async (): Promise<string> => {
      socket.write('GET /v0/servers HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return new Promise((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString('latin1'))));
    };
    expect(await answer()).toMatch(/connection: keep-alive/i);
    const closing = app.close();
    await expect.poll(() => app.server.listening).toBe(false);
    await expect(fetch(`${app.url}/v0/servers`)).rejects.toThrow();
    expect(await answer()).toMatch(/connection: close/i);
    await closing;
  });

  it('closes at once when its clients have closed their connections', async () => {
    const app = await createHttpApp(TestModule, { log, host: '127.0.0.1', port: 0, lingerMs: 60_000 });
    const socket = connect(app.port, '127.0.0.1');
    socket.write('GET /v0/servers HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const closing = app.close();
    await expect.poll(() => app.server.listening).toBe(false);
    socket.destroy();
    await closing;
  });

  it('closes connections on which nothing more is asked', async () => {
    const app = await createHttpApp(TestModule, { log, host: '127.0.0.1', port: 0, lingerMs: 10 });
    expect((await fetch(`${app.url}/v0/servers`)).status).toBe(200);
    await app.close();
    expect(app.server.listening).toBe(false);
  });

  it('cuts requests that outlast the time to close', async () => {
    const app = await createHttpApp(TestModule, {
      log,
      host: '127.0.0.1',
      port: 0,
      closeWithinMs: 50,
      rawHandlers: [() => true],
    });
    const hanging = ask('/for-ever', { at: app });
    const outcome = expect(hanging).rejects.toThrow();
    await new Promise<void>((resolve) => app.server.once('request', () => resolve()));
    await app.close();
    await outcome;
    expect(log.named('http.connections_cut')).toHaveLength(1);
  });
  it('lets a request in hand finish when it closes', async () => {
    let release = (): void => undefined;
    const app = await createHttpApp(TestModule, {
      log,
      host: '127.0.0.1',
      port: 0,
      rawHandlers: [
        (_req, res) => {
          release = () => res.end('done');
          return true;
        },
      ],
    });
    const answer = ask('/slow', { at: app });
    await new Promise<void>((resolve) => app.server.once('request', () => resolve()));
    const closing = app.close();
    release();
    expect(await (await answer).text()).toBe('done');
    await closing;
  });
});

/** Sends headers and the first byte of a body that never ends; gives the status of the answer. */
function answerToUnfinishedUpload(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v0/publish',
      headers: { ...json, ...headers },
    });
    req.on('response', (res) => {
      resolve(res.statusCode);
      req.destroy();
    });
    req.on('error', reject);
    req.write('{');
  });
}

function expectContinue(
  port: number,
  headers: Record<string, string>,
): Promise<{ continued: boolean; status: number | undefined }> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(entry);
    const req = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v0/publish',
      headers: {
        ...json,
        ...headers,
        expect: '100-continue',
        'content-length': body.length,
      },
    });
    let continued = false;
    req.on('continue', () => {
      continued = true;
      req.end(body);
    });
    req.on('response', (res) => {
      resolve({ continued, status: res.statusCode });
      req.destroy();
    });
    req.on('error', reject);
    req.flushHeaders();
  });
}

function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
