import { fileURLToPath } from 'node:url';

// Right from `src` and from `dist`: both are one folder below the package.
export const GUARD_SCRIPT = fileURLToPath(new URL('../guard.mjs', import.meta.url));
export const JAVA_SOURCES = fileURLToPath(new URL('../java/', import.meta.url));
/** Not under version control. */
export const STAND_IN_CACHE = fileURLToPath(new URL('../../../.hub/mongo-stand-in/', import.meta.url));
