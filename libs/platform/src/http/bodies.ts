import type { FastifyInstance } from 'fastify';
import { MalformedBody } from './http.errors.js';
import { checkShape, parseYaml, renderYaml } from './yaml-text.js';

const jsonTypes = ['application/json'] as const;
const yamlTypes = ['application/yaml', 'text/yaml', 'application/x-yaml'] as const;
const supported: ReadonlySet<string> = new Set<string>([...jsonTypes, ...yamlTypes]);

/** @param contentType the header's value */
export function isSupportedMedia(contentType: string | undefined): boolean {
  return supported.has(mediaTypeOf(contentType ?? ''));
}

/**
 * Reads bodies as JSON or YAML and nothing else, and answers in YAML those who ask for it by `Accept` (hub-api.md,
 * section 2). An empty body is `undefined`. Errors stay JSON.
 */
export function installBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser<Buffer>([...jsonTypes], { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(textOf(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  instance.addContentTypeParser<Buffer>(
    [...yamlTypes],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      const text = textOf(body);
      return text.trim() === '' ? undefined : parseYaml(text);
    },
  );
  instance.addHook('preSerialization', (request, reply, payload, done) => {
    if (reply.statusCode < 400 && prefersYaml(request.headers.accept) && isPlainData(payload)) {
      void reply.type('application/yaml; charset=utf-8').serializer(renderYaml);
    }
    done(null, payload);
  });
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    throw new MalformedBody(`The body is not valid JSON${position === undefined ? '' : ` (position ${position})`}.`);
  }
  checkShape(value);
  return value;
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MalformedBody('The body is not valid UTF-8.');
  }
}

/** Whether an `Accept` header ranks a YAML type above JSON. */
export function prefersYaml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('yaml')) return false;
  let yaml = 0;
  let json = 0;
  for (const part of accept.split(',')) {
    const type = mediaTypeOf(part);
    const quality = Number(/;\s*q=([0-9.]+)/i.exec(part)?.[1] ?? 1);
    if (yamlTypes.some((known) => known === type)) yaml = Math.max(yaml, quality);
    if (jsonTypes.some((known) => known === type)) json = Math.max(json, quality);
  }
  return yaml > 0 && yaml >= json;
}

function mediaTypeOf(header: string): string {
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function isPlainData(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload) && !('pipe' in payload);
}
