import type { JsonObject } from '@mcp-hub/application';
import type { LegacyVersion } from '../../wire/protocol.js';
import { legacyResult, readsTextResults } from './revision-messages.js';

/**
 * Results that came as text, as a client of a revision can read them. A list that has to be changed for that is parsed
 * and written once for each revision, however often it is asked for.
 */
export class OlderLists {
  readonly #written = new WeakMap<Uint8Array, Map<LegacyVersion, Uint8Array>>();

  /** @returns undefined for what is to be made from `result` each time */
  textOf(
    method: string,
    outcome: { readonly result: JsonObject; json?: string | Uint8Array },
    version: LegacyVersion,
  ): string | Uint8Array | undefined {
    const { json } = outcome;
    if (json === undefined || readsTextResults(method, version)) return json;
    if (method !== 'tools/list' || typeof json === 'string') return undefined;
    const ofList = this.#written.get(json) ?? new Map<LegacyVersion, Uint8Array>();
    this.#written.set(json, ofList);
    const text = ofList.get(version) ?? Buffer.from(JSON.stringify(legacyResult(method, outcome.result, version)));
    ofList.set(version, text);
    return text;
  }
}
