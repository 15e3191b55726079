import {
  maskEntry,
  mergeMasked,
  parseEntryUpdate,
  parseServerEntry,
  resolveReferences,
  type ServerEntry,
} from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { missingKeyIssues, openEntry, sealEntry } from './seal-entry.js';
import { SecretBox } from './secret-box.js';

const now = '2026-01-02T03:04:05Z';
const box = new SecretBox([Buffer.alloc(32, 7)]);

function anEntry(token: string): ServerEntry {
  const fields = { id: 'weather', name: 'W', description: '', auth_config: { type: 'bearer', token } };
  const result = parseServerEntry(fields, { now });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry;
}

function tokenOf(entry: ServerEntry): string {
  return entry.auth_config?.type === 'bearer' ? entry.auth_config.token : '';
}

describe('sealEntry', () => {
  it.each(['abc', 'sealed:v1:00000000:AAAA', '${NAME:-abc}', 'abc${NAME}def', 'a${b'])(
    'hides the secret text of %j',
    (token) => {
      const sealed = sealEntry(anEntry(token), box);
      expect(tokenOf(sealed)).not.toContain('abc');
      expect(tokenOf(sealed)).not.toBe(token);
      expect(openEntry(sealed, box)).toEqual(anEntry(token));
    },
  );

  it.each(['${NAME}', '${NAME:-}', 'Bearer ${NAME}', '***', '${NAME:-***}'])('leaves %j', (token) => {
    expect(tokenOf(sealEntry(anEntry(token), box))).toBe(token);
  });

  it.each([
    ['abc', '***'],
    ['${NAME:-abc}', '${NAME:-***}'],
  ])('makes no difference to how %j is shown', (token, shown) => {
    expect(tokenOf(maskEntry(sealEntry(anEntry(token), box)))).toBe(shown);
  });

  it('keeps references resolvable once opened', () => {
    const opened = openEntry(sealEntry(anEntry('${NAME:-abc}'), box), box);
    const resolved = resolveReferences(
      opened,
      () => undefined,
      () => true,
    );
    expect(resolved.ok && tokenOf(resolved.entry)).toBe('abc');
  });
});

describe('a PUT over sealed secrets', () => {
  const stored = sealEntry(anEntry('abc'), box);
  const update = (patch: object): ServerEntry => {
    const parsed = parseEntryUpdate(stored, patch, { now });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return mergeMasked(sealEntry(parsed.entry, box), stored);
  };

  it('keeps the stored text where the field is not sent', () => {
    expect(tokenOf(update({ tags: ['a'] }))).toBe(tokenOf(stored));
  });

  it('keeps the stored text where *** is sent', () => {
    expect(tokenOf(update({ auth_config: { type: 'bearer', token: '***' } }))).toBe(tokenOf(stored));
  });

  it('seals what is new', () => {
    const changed = update({ auth_config: { type: 'bearer', token: 'new' } });
    expect(tokenOf(changed)).toMatch(/^sealed:/);
    expect(tokenOf(openEntry(changed, box))).toBe('new');
  });

  it('takes text that is sent in sealed form for a literal', () => {
    const changed = update({ auth_config: { type: 'bearer', token: tokenOf(stored) } });
    expect(tokenOf(openEntry(changed, box))).toBe(tokenOf(stored));
  });
});

describe('openEntry', () => {
  it('needs no key for an entry without sealed text', () => {
    expect(openEntry(anEntry('${NAME}'), undefined)).toEqual(anEntry('${NAME}'));
  });

  it('fails where the key is missing', () => {
    expect(() => openEntry(sealEntry(anEntry('abc'), box), undefined)).toThrow(/secrets\.key/);
  });
});

describe('missingKeyIssues', () => {
  it('says for each literal secret how to set a key', () => {
    const [issue, ...more] = missingKeyIssues(anEntry('abc${NAME:-def}'));
    expect(more).toEqual([]);
    expect(issue).toMatchObject({ path: 'auth_config.token', code: 'secret_key_missing' });
    expect(issue?.message).toContain('secrets.key');
    expect(issue?.message).not.toMatch(/abc|def/);
  });

  it.each(['${NAME}', 'Bearer ${NAME}', '${NAME:-}', '***'])('has nothing against %j', (token) => {
    expect(missingKeyIssues(anEntry(token))).toEqual([]);
  });
});
