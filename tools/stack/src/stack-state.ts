import { rename, writeFile } from 'node:fs/promises';

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

/** Keeps a file equal to the state; readers see one whole state or another. */
export class StateFile {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string | undefined) {}

  /** Writes are in order; resolves when this one is done. */
  write(state: StackState): Promise<void> {
    const { path } = this;
    if (path === undefined) return Promise.resolve();
    const text = `${JSON.stringify(state)}\n`;
    this.writing = this.writing.then(async () => {
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, text);
      await rename(draft, path);
    });
    return this.writing;
  }
}
