import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcesses } from '../supervision/child-processes.js';
import { inCache } from './cache-failure.js';

/** Where one server works: all of it is its own, and gone when the server is. */
export interface PackageFolders {
  root: string;
  /** Its working directory, empty at first. */
  work: string;
  home: string;
  temporary: string;
  remove(): Promise<void>;
}

/** @param name letters, digits and dashes. @throws LoadFailed where the cache folder can't be used */
export async function packageFolders(children: ChildProcesses, name: string): Promise<PackageFolders> {
  const root = await inCache(() => children.workFolder(name));
  const [work, home, temporary] = [join(root, 'work'), join(root, 'home'), join(root, 'tmp')];
  for (const folder of [work, home, temporary]) await inCache(() => mkdir(folder, { mode: 0o700 }));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 2 });
  return { root, work, home, temporary, remove };
}
