import { access, constants, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './install-lock.js';
import type { Era } from '../supervision/launch-stdio-server.js';

/** The eras that a server speaks on its standard streams. */
export type StdioEras = Era | 'both';

/** One program of one exact version of a package. */
export interface InstalledProgram {
  /** The folder that this version is installed in, and nothing else; absolute. */
  place: string;
  /** The program's file, relative to it. */
  file: string;
}

const allEras: readonly unknown[] = ['legacy', 'modern', 'both'] satisfies StdioEras[];

/**
 * Which eras servers speak, as it was found out once: to ask one takes a start of its own. What is known of an installed
 * version is in a file beside it, for other workers and other days too; where that can't be written, in memory.
 */
export class EraRecords {
  readonly #known = new Map<string, StdioEras>();
  readonly #asking = new Map<string, Promise<StdioEras>>();

  async find(program: InstalledProgram): Promise<StdioEras | undefined> {
    const known = this.#known.get(keyOf(program));
    if (known !== undefined) return known;
    const found = (await readRecords(program.place))[program.file];
    if (!isEras(found)) return undefined;
    this.#known.set(keyOf(program), found);
    return found;
  }

  /** Never fails: what can't be written is asked again another day. */
  async write(program: InstalledProgram, eras: StdioEras): Promise<void> {
    this.#known.set(keyOf(program), eras);
    const file = recordFile(program.place);
    try {
      const records = { ...(await readRecords(program.place)), [program.file]: eras };
      await writeFile(`${file}.new`, `${JSON.stringify(records)}\n`);
      await rename(`${file}.new`, file);
    } catch {
      // The cache is read-only, full, or being replaced.
    }
  }

  /**
   * What is known, or else what `ask` finds out; of all who want to know it at the same time one asks.
   *
   * @throws what `ask` throws, and then nothing is recorded; the signal's reason
   */
  async findOr(program: InstalledProgram, signal: AbortSignal, ask: () => Promise<StdioEras>): Promise<StdioEras> {
    const key = keyOf(program);
    for (;;) {
      const known = await this.find(program);
      if (known !== undefined) return known;
      const running = this.#asking.get(key);
      if (!running) break;
      // Whoever asks may be closed meanwhile: then it is for the next one to ask.
      await running.catch(() => undefined);
      signal.throwIfAborted();
    }
    const asking = this.#askAlone(program, signal, ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #askAlone(program: InstalledProgram, signal: AbortSignal, ask: () => Promise<StdioEras>): Promise<StdioEras> {
    const askNow = async (): Promise<StdioEras> => {
      const known = await this.find(program);
      if (known !== undefined) return known;
      const eras = await ask();
      await this.write(program, eras);
      return eras;
    };
    const isWritable = await access(program.place, constants.W_OK).then(
      () => true,
      () => false,
    );
    return isWritable ? withLock(`${recordFile(program.place)}.lock`, signal, askNow) : askNow();
  }
}

function keyOf({ place, file }: InstalledProgram): string {
  return join(place, file);
}

function recordFile(place: string): string {
  return join(place, 'eras.json');
}

function isEras(value: unknown): value is StdioEras {
  return allEras.includes(value);
}

async function readRecords(place: string): Promise<Record<string, unknown>> {
  try {
    const records: unknown = JSON.parse(await readFile(recordFile(place), 'utf8'));
    return typeof records === 'object' && records !== null ? { ...records } : {};
  } catch {
    // There are none yet, or the file is damaged: then they are found out again.
    return {};
  }
}
