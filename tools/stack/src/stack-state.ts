import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface ListedService {
  id: string;
  pid: number;
  url: string;
}

/** What the stack prints, and keeps in its state file. `api` and `gateway` are the first ones' URLs. */
export interface StackState {
  api: string;
  gateway: string;
  apis: ListedService[];
  gateways: ListedService[];
  workers: ListedService[];
  redis: { url: string; pid: number };
  mongodb: { url: string; pid: number; kind: string };
}

/** Keeps a file equal to the state; readers see one whole state or another. Without a path it keeps nothing. */
export class StateFile {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string | undefined) {}

  /** Makes the file's folder, and removes what an earlier stack left there. @throws Error where that can't be done */
  async prepare(): Promise<void> {
    if (this.path === undefined) return;
    await mkdir(dirname(this.path), { recursive: true });
    await rm(this.path, { force: true });
  }

  /** Writes are in order; resolves when this one is done. @throws Error where it can't be written */
  write(state: StackState): Promise<void> {
    const text = `${JSON.stringify(state)}\n`;
    return this.next(async (path) => {
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, text);
      await rename(draft, path);
    });
  }

  /** Nothing of it is true any more. */
  remove(): Promise<void> {
    return this.next((path) => rm(path, { force: true }));
  }

  private next(step: (path: string) => Promise<void>): Promise<void> {
    const { path } = this;
    if (path === undefined) return Promise.resolve();
    const done = this.writing.then(() => step(path));
    // One that failed does not keep the next from being tried.
    this.writing = done.catch(() => undefined);
    return done;
  }
}
