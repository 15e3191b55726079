import { resolve } from 'node:path';
import type { GroupConfig } from './hub-config.js';
import { parseKeys } from './keys.js';
import { nearestName } from './nearest-name.js';
import { parseTokens } from './parse-tokens.js';
import { isRecord, isTexts, type Parsed } from './parsed.js';
import type { SettingType } from './settings.js';

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/**
 * A setting's value as its type wants it. Text that came from the environment, or through a reference, is read as
 * whatever the type is; a value written in a file must have the type already.
 *
 * @param folder what relative paths count from
 */
export function parseSetting(type: SettingType, given: unknown, isText: boolean, folder: string): Parsed {
  const raw = isText && typeof given === 'string' ? fromText(type, given) : given;
  switch (type.kind) {
    case 'text':
      return typeof raw === 'string' && raw !== '' ? { value: raw } : fault('must be a text');
    case 'choice':
      return typeof raw === 'string' && type.of.includes(raw)
        ? { value: raw }
        : fault(`must be one of ${type.of.join(', ')}`);
    case 'boolean':
      return typeof raw === 'boolean' ? { value: raw } : fault('must be true or false');
    case 'integer':
      return Number.isInteger(raw) && (raw as number) >= type.min && (raw as number) <= type.max
        ? { value: raw }
        : fault(`must be a whole number from ${type.min} to ${type.max}`);
    case 'number':
      return typeof raw === 'number' && Number.isFinite(raw) && raw >= type.min
        ? { value: raw }
        : fault(`must be a number of at least ${type.min}`);
    case 'url':
      return typeof raw === 'string' && URL.canParse(raw) && type.schemes.includes(new URL(raw).protocol.slice(0, -1))
        ? { value: raw.replace(/\/+$/, '') }
        : fault(`must be a URL with ${type.schemes.join(' or ')}`);
    case 'path':
      return typeof raw === 'string' && raw !== '' ? { value: resolve(folder, raw) } : fault('must be a path');
    case 'texts':
      return isTexts(raw) ? { value: raw } : fault('must be a list of texts');
    case 'paths':
      return isTexts(raw) ? { value: raw.map((path) => resolve(folder, path)) } : fault('must be a list of paths');
    case 'choices':
      return isTexts(raw) && raw.every((item) => type.of.includes(item))
        ? { value: raw }
        : fault(`must be a list of ${type.of.join(', ')}`);
    case 'tokens':
      return parseTokens(raw);
    case 'keys': {
      const keys = typeof raw === 'string' ? parseKeys(raw) : isTexts(raw) ? parseKeys(raw.join(',')) : undefined;
      return keys ? { value: keys } : fault('must be 32 bytes in base64 or hex, or a comma list of such');
    }
    case 'groups':
      return parseGroups(raw);
  }
}

function fromText(type: SettingType, text: string): unknown {
  const trimmed = text.trim();
  switch (type.kind) {
    case 'boolean':
      return booleans[trimmed.toLowerCase()];
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
    case 'texts':
    case 'paths':
    case 'choices':
    case 'tokens':
      return trimmed.startsWith('[')
        ? fromJson(trimmed)
        : trimmed
            .split(',')
            .map((item) => item.trim())
            .filter((item) => item !== '');
    case 'groups':
      return fromJson(trimmed);
    default:
      return trimmed;
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it is none of the JSON that the type wants, and is reported as that.
    return undefined;
  }
}

function parseGroups(raw: unknown): Parsed {
  if (!isRecord(raw)) return fault('must be a map from group names to {tags, servers, allow, rename}');
  const problems: string[] = [];
  const groups: Record<string, GroupConfig> = {};
  for (const [name, given] of Object.entries(raw)) {
    const group: GroupConfig = { tags: [], servers: [], allow: [], rename: {} };
    groups[name] = group;
    if (!isRecord(given)) {
      problems.push(`${name} must be {tags, servers, allow, rename}`);
      continue;
    }
    for (const [key, value] of Object.entries(given)) {
      if (key === 'rename') {
        if (isRecord(value) && isTexts(Object.values(value))) group.rename = value as Record<string, string>;
        else problems.push(`${name}.rename must be a map of texts`);
      } else if (key === 'tags' || key === 'servers' || key === 'allow') {
        if (isTexts(value)) group[key] = value;
        else problems.push(`${name}.${key} must be a list of texts`);
      } else {
        const near = nearestName(key, Object.keys(group));
        problems.push(`${name}.${key} is unknown${near ? `; did you mean ${near}?` : ''}`);
      }
    }
  }
  return problems.length > 0 ? { problems } : { value: groups };
}

function fault(problem: string): Parsed {
  return { problems: [problem] };
}
