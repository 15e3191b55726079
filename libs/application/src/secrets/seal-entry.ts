import type { Issue, ServerEntry } from '@mcp-hub/domain';
import type { SecretBox } from './secret-box.js';

export function sealEntry(_entry: ServerEntry, _box: SecretBox): ServerEntry {
  throw new Error('being written');
}
export function openEntry(_entry: ServerEntry, _box: SecretBox | undefined): ServerEntry {
  throw new Error('being written');
}
export function missingKeyIssues(_entry: ServerEntry): Issue[] {
  throw new Error('being written');
}
