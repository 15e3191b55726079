import { buffer } from 'node:stream/consumers';
import { Busboy } from '@fastify/busboy';
import type { BodyParser, StringParser } from 'exegesis';
import { isObject, type JsonObject } from '../walk-schema.js';

/** How exegesis is to read the bodies that it has no parser for, by media type. */
export function bodyParsers(document: JsonObject): Record<string, StringParser | BodyParser> {
  const paths = Object.values(document.paths as Record<string, JsonObject>);
  const operations = paths.flatMap((item) => Object.values(item)) as { requestBody?: JsonObject }[];
  const types = operations.flatMap(({ requestBody }) =>
    isObject(requestBody?.content) ? Object.keys(requestBody.content) : [],
  );
  const others = types
    .map((type) => (type.split(';')[0] ?? '').trim())
    .filter((type) => type.includes('/') && type !== 'application/x-www-form-urlencoded');
  return Object.fromEntries(others.map((type) => [type, parserOf(type)]));
}

function parserOf(type: string): StringParser | BodyParser {
  if (type.startsWith('multipart/')) return readBy(formOf);
  return type.includes('*') || !/[/+]json\b/i.test(type) ? readBy(anything) : readBy(jsonOf);
}

type Reader = (body: Buffer, contentType: string) => unknown;

function readBy(read: Reader): BodyParser {
  return {
    parseReq: (request, _response, done) => {
      const { headers } = request as unknown as { headers: Record<string, string> };
      void buffer(request as unknown as NodeJS.ReadableStream)
        .then((body) => read(body, headers['content-type'] ?? ''))
        .then(
          (value) => done(null, value),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
    },
  };
}

const jsonOf: Reader = (body) => JSON.parse(body.toString('utf8')) as unknown;
const anything: Reader = (body) => structured(body.toString('latin1'));

/** Fields that are JSON, as objects in a form are, are read as such. */
async function formOf(body: Buffer, contentType: string): Promise<JsonObject> {
  const fields = new Map<string, unknown[]>();
  const add = (name: string, value: unknown): void => void fields.set(name, [...(fields.get(name) ?? []), value]);
  const form = new Busboy({ headers: { 'content-type': contentType } });
  const files: Promise<void>[] = [];
  form.on('field', (name, value) => add(name, structured(value)));
  form.on('file', (name, file) => files.push(buffer(file).then((bytes) => add(name, bytes.toString('latin1')))));
  await new Promise<void>((resolve, reject) => {
    form.on('finish', resolve).on('error', reject);
    form.end(body);
  });
  await Promise.all(files);
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

function structured(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A text that only begins like JSON.
    return text;
  }
}
