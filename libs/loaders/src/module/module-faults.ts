import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Tells faults of modules from the hub's own: what a module throws where nobody waits for it must not end the process
 * that others are served from (gateway.md, "One bad server never affects another").
 *
 * @param moduleRoots absolute folders that modules are loaded from
 * @returns whether code from there is among those who threw an error; nothing can be said of what is no `Error`
 */
export function moduleFaults(moduleRoots: readonly string[]): (error: unknown) => boolean {
  const places = moduleRoots.flatMap((root) => {
    const folder = withoutLinks(root);
    return [`${pathToFileURL(folder).href}/`, `${folder}${sep}`];
  });
  return (error) =>
    error instanceof Error && places.some((place) => framesOf(error).some((frame) => frame.includes(place)));
}

function framesOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}

function withoutLinks(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // Nothing is loaded from a folder that is not there.
    return folder;
  }
}
