import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { urlOf, type ServicePlace } from './service-environment.js';

export interface LaunchPlan {
  place: ServicePlace;
  /** The file that runs the service. */
  main: string;
  env: Readonly<Record<string, string>>;
  cwd: string;
}

const readyWithinMs = 60_000;
const stopWithinMs = 45_000;

/**
 * One service of the stack as a process of its own. Its output goes to this process's stderr. It ends when this process
 * ends, however that happens: the channel between the two closes.
 */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private isStopping = false;

  constructor(
    private readonly plan: LaunchPlan,
    /** Called when the process ended without being told to. */
    private readonly onDeath: (service: ServiceProcess) => void,
  ) {}

  get id(): string {
    return this.plan.place.id;
  }

  get kind(): ServicePlace['kind'] {
    return this.plan.place.kind;
  }

  get url(): string {
    return urlOf(this.plan.place.port);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /**
   * Resolves when the service says that it is ready. May be called again once the process has ended.
   *
   * @throws Error where it ends before, or takes too long; no process is left then
   */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.plan.main], {
      cwd: this.plan.cwd,
      env: this.plan.env,
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.child = child;
    const ended = once(child, 'exit').then(() => {
      this.child = undefined;
    });
    const deadline = AbortSignal.timeout(readyWithinMs);
    while (!hasEnded(child) && !(await this.isReady())) {
      if (deadline.aborted) {
        child.kill('SIGKILL');
        await ended;
        throw new Error(`${this.id} was not ready within ${readyWithinMs / 1000} s.`);
      }
      await Promise.race([delay(50), ended]);
    }
    if (hasEnded(child)) throw new Error(`${this.id} ended before it was ready: what it said is above.`);
    child.once('exit', () => {
      if (!this.isStopping) this.onDeath(this);
    });
  }

  /** SIGTERM, and SIGKILL where that does not do. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    if (!child || hasEnded(child)) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await exited;
    clearTimeout(timer);
  }

  private async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(3_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      // It does not listen so far.
      return false;
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
