import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

interface Published {
  manifest: Record<string, unknown>;
  tarball: Buffer;
}

/** A registry of npm packages on this machine, with what tests publish to it and nothing else. */
export class NpmRegistry {
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** The status for every request, while it is not 200. */
  status = 200;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  readonly #packages = new Map<string, Map<string, Published>>();
  readonly #server: Server = createServer((req, res) => {
    const path = decodeURIComponent(req.url ?? '').slice(1);
    this.requests.push(path);
    void this.gate.then(() => {
      const { status, body } = this.#answer(path);
      res.writeHead(status, {
        'content-type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json',
      });
      res.end(body);
    });
  });

  static async start(): Promise<NpmRegistry> {
    const registry = new NpmRegistry();
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** How often a tarball of the package was fetched. */
  fetches(name: string): number {
    return this.requests.filter((path) => path.startsWith(`${name}/-/`)).length;
  }

  /** Packs the folder with `npm pack`, which runs none of its scripts, and offers the result. @param changes of its package.json */
  async publish(folder: string, changes: Record<string, unknown> = {}): Promise<void> {
    const work = await mkdtemp(join(tmpdir(), 'mcp-hub-pack-'));
    try {
      const source = join(work, 'package');
      // An installed package has links in it where it comes from a workspace, and what npm has put into it.
      await cp(folder, source, {
        recursive: true,
        dereference: true,
        filter: (path) => basename(path) !== 'node_modules',
      });
      const original = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Record<string, unknown>;
      const manifest = { ...original, ...changes };
      await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
      const options = ['--json', '--ignore-scripts', '--pack-destination', work, '--cache', join(work, 'cache')];
      const { stdout } = await promisify(execFile)('npm', ['pack', source, ...options], {
        cwd: work,
        maxBuffer: 64 * 1024 * 1024,
      });
      const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
      const [{ filename } = { filename: '' }] = Object.values(packed);
      const tarball = await readFile(join(work, filename));
      const versions = this.#packages.get(String(manifest['name'])) ?? new Map<string, Published>();
      this.#packages.set(String(manifest['name']), versions.set(String(manifest['version']), { manifest, tarball }));
    } finally {
      await rm(work, { recursive: true });
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #answer(path: string): { status: number; body: string | Buffer } {
    if (this.status !== 200) return { status: this.status, body: '{}' };
    const [name = '', file] = path.split('/-/');
    const versions = this.#packages.get(name);
    if (!versions) return { status: 404, body: '{"error":"Not found"}' };
    if (file !== undefined) {
      const tarball = versions.get(file)?.tarball;
      return tarball ? { status: 200, body: tarball } : { status: 404, body: '{}' };
    }
    return { status: 200, body: JSON.stringify(this.#document(name, versions)) };
  }

  #document(name: string, versions: Map<string, Published>): unknown {
    const entries = [...versions].map(([version, { manifest, tarball }]) => {
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const dist = { tarball: `${this.url}${name}/-/${version}`, integrity };
      return [version, { ...manifest, hasInstallScript: 'scripts' in manifest, dist }];
    });
    const latest = [...versions.keys()].at(-1);
    return { name, 'dist-tags': { latest }, versions: Object.fromEntries(entries) as unknown };
  }
}
