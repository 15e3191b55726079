import { dirname, resolve } from 'node:path';

export type DatabaseType = 'sqlite' | 'memory' | 'mongodb' | 'postgresql';

/** Which database a URL is of; undefined for one that no database here has. */
export function databaseTypeOf(url: string): DatabaseType | undefined {
  if (url === ':memory:') return 'memory';
  if (url.startsWith('file:')) return 'sqlite';
  if (/^mongodb(\+srv)?:\/\//.test(url)) return 'mongodb';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgresql';
  return undefined;
}

/** `file:PATH` with the path made absolute. */
export function absoluteFileUrl(url: string, folder: string): string {
  return `file:${resolve(folder, pathOfFileUrl(url))}`;
}

/** The folder of a SQLite file. */
export function folderOfFileUrl(url: string): string {
  return dirname(pathOfFileUrl(url));
}

function pathOfFileUrl(url: string): string {
  return url.replace(/^file:(\/\/(?=\/))?/, '');
}
