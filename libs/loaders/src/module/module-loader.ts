import { sep } from 'node:path';
import type { Ids, LoadContext, Loader, LoadRequest, McpBackend } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { connectInMemoryServer } from '@mcp-hub/mcp';
import { chooseServer } from './choose-server.js';
import { findModule } from './find-module.js';
import { importFresh } from './import-fresh.js';

export interface ModuleLoaderOptions {
  /** Absolute folders that modules may be loaded from. */
  moduleRoots: readonly string[];
  ids: Ids;
}

/** Loads JavaScript modules that export an MCP server, into this process (hosting.md, "Modules"). */
export class ModuleLoader implements Loader {
  readonly type = 'module';
  readonly weight = 1;

  constructor(private readonly options: ModuleLoaderOptions) {}

  async load({ entry, generation }: LoadRequest, context: LoadContext): Promise<McpBackend> {
    const config = entry.module_config;
    if (!config) {
      throw new LoadFailed('nothing_to_load', 'The entry has no module_config.', 'Add module_config.path.');
    }
    const { signal } = context;
    const { file, root } = await findModule(config.path, this.options.moduleRoots);
    const exports = await withinDeadline(importModule(config.path, file, root, generation), signal);
    const server = await withinDeadline(chooseServer(exports, config), signal, closeLate);
    context.log('lifecycle', `module ${config.path} imported`);
    return connectInMemoryServer(server, {
      ids: this.options.ids,
      signal,
      another: () => chooseServer(exports, config),
      onModernFailed: (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        context.log('lifecycle', `module ${config.path} has no server of its own for clients of 2026-07-28: ${reason}`);
      },
    });
  }
}

async function importModule(
  path: string,
  file: string,
  root: string,
  generation: number,
): Promise<Record<string, unknown>> {
  try {
    return await importFresh(file, generation);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LoadFailed(
      'module_error',
      // Node names files by their place on this machine, which is nobody else's business.
      `The module "${path}" could not be imported: ${reason.replaceAll(`${root}${sep}`, '')}`,
      'Correct the module; what it imports must be installed where it is.',
      { cause: error },
    );
  }
}

/** Code of users can't be stopped, only no longer waited for; `whenLate` gets what it gives after all. */
async function withinDeadline<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  whenLate: (value: Value) => void = () => undefined,
): Promise<Value> {
  const aborted = new AbortController();
  const deadline = new Promise<never>((_, reject) => {
    const fail = () => {
      work.then(whenLate, () => undefined);
      reject(
        new LoadFailed(
          'start_timeout',
          'The module did not give its server in time.',
          'Do less before the server is returned, or raise loader.timeout.',
          {
            cause: signal.reason,
          },
        ),
      );
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true, signal: aborted.signal });
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    aborted.abort();
  }
}

function closeLate(server: object): void {
  if (!('close' in server) || typeof server.close !== 'function') return;
  const close = server.close.bind(server) as () => unknown;
  new Promise((resolve) => resolve(close())).catch(() => undefined);
}
