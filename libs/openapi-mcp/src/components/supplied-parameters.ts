import type { Credential } from './security.js';
import type { Parameter } from '../operations/operation.js';

/** Whether a configured credential takes the place of a parameter: a caller is not asked for it (section 4). */
export function isSuppliedBy(credentials: readonly Credential[], { place, name }: Parameter): boolean {
  return credentials.some((credential) => {
    if (credential.place !== place) return false;
    return place === 'header' ? credential.name.toLowerCase() === name.toLowerCase() : credential.name === name;
  });
}
