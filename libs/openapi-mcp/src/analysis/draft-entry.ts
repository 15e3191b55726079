import { slugFromName, type RouteMap } from '@mcp-hub/domain';
import { schemesFound, serversFound } from './access-found.js';
import { draftedRouteMaps } from './route-suggestions.js';
import { Diagnostics } from '../document/diagnostics.js';
import { isObject, ownObject, ownString, type JsonObject } from '../document/json.js';
import type { OpenApiDocument } from '../document/load-document.js';
import { References } from '../document/references.js';
import { documentDefaults } from '../operations/document-defaults.js';
import { readOperations } from '../operations/read-operations.js';

export interface DraftOptions {
  /** Of the document, as `openapi_config.url` will name it. */
  url: string;
  id?: string;
  name?: string;
}

/** An entry to publish, and what to write beside it: the comments are for whoever writes it as YAML. */
export interface DraftedEntry {
  entry: {
    id: string;
    name: string;
    description: string;
    /** Where the document's is one that an entry can have. */
    version_detail?: { version: string };
    openapi_config: { url: string; route_maps: RouteMap[] };
  };
  /** `path` leads to a value of the entry: `['openapi_config', 'route_maps', 0]`. */
  comments: { path: (string | number)[]; text: string }[];
  /** What has to be filled in before it holds, to be written as a comment. */
  inactive: { path: (string | number)[]; text: string; value: unknown }[];
}

const longestName = 200;
const longestDescription = 300;

/** The entry that `analyze-openapi -o` writes (hub-api.md, section 4): reading becomes resources, the rest tools. */
export function draftEntry(document: OpenApiDocument, { url, id, name }: DraftOptions): DraftedEntry {
  const title = oneLine(name ?? document.title).slice(0, longestName);
  const isVersion = /^v?\d+(\.\d+)*([-+][0-9A-Za-z.+-]+)?$/.test(document.apiVersion.slice(0, longestName));
  const { comments, maps } = routeMaps();
  return {
    entry: {
      id: id ?? slugFromName(title),
      name: title,
      description: descriptionOf(document),
      ...(isVersion ? { version_detail: { version: document.apiVersion } } : {}),
      openapi_config: { url, route_maps: maps },
    },
    comments,
    inactive: [...serverToSet(document, url), ...authToSet(document)],
  };
}

function routeMaps(): { maps: RouteMap[]; comments: DraftedEntry['comments'] } {
  return {
    maps: draftedRouteMaps.map(({ route_map }) => ({ ...route_map })),
    comments: draftedRouteMaps.map(({ comment }, index) => ({
      path: ['openapi_config', 'route_maps', index],
      text: comment,
    })),
  };
}

/** The first paragraph of the document's own. */
function descriptionOf({ root }: OpenApiDocument): string {
  const text = ownString(ownObject(root, 'info'), 'description') ?? '';
  const paragraph = oneLine(text.trim().split(/\n[\t\r ]*\n/, 1)[0] ?? '');
  return paragraph.length <= longestDescription
    ? paragraph
    : `${paragraph.slice(0, longestDescription - 1).trimEnd()}…`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function serverToSet(document: OpenApiDocument, url: string): DraftedEntry['inactive'] {
  const isRemote = /^https?:/i.test(url);
  const defaults = documentDefaults(document, undefined, isRemote ? url : undefined);
  const servers = serversFound(defaults, { ...(isRemote ? { documentUrl: url } : {}), variables: {} });
  const [first] = servers;
  if (isRemote && !first) return [];
  if (first && servers.some(({ problem }) => problem === undefined)) return [];
  const text = first?.problem ?? 'The document names no server.';
  return [{ path: ['openapi_config', 'base_url'], text, value: 'https://api.example.com' }];
}

/** What the first requirement that anything demands asks for. */
function authToSet(document: OpenApiDocument): DraftedEntry['inactive'] {
  const diagnostics = new Diagnostics();
  const references = new References(document.root, diagnostics, document.externals);
  const defaults = documentDefaults(document, references);
  const operations = readOperations(document, references, diagnostics);
  const schemes = new Map(schemesFound(defaults, operations, references).map((scheme) => [scheme.name, scheme]));
  const demanded = [defaults.security, ...operations.map(({ security }) => security)]
    .flatMap((security) => security ?? [])
    .filter(isObject)
    .map((alternative) => Object.keys(alternative).flatMap((scheme) => schemes.get(scheme) ?? []))
    .find((found) => found.length > 0 && found.every(({ auth_config }) => auth_config !== undefined));
  if (!demanded) return [];
  const text = `The API asks for ${demanded.map((scheme) => `"${scheme.name}" (${scheme.kind})`).join(' and ')}.`;
  const [only, ...others] = demanded.map(({ name, auth_config }): [string, JsonObject] => [name, auth_config ?? {}]);
  if (!only) return [];
  const value = others.length === 0 ? only[1] : { type: 'schemes', schemes: Object.fromEntries([only, ...others]) };
  return [{ path: ['auth_config'], text, value }];
}
