import { environmentName } from '../configuration/settings.js';
import { StartRefused } from '../lifecycle/start-refused.js';

/** The section of the configuration that says where a service listens. */
export type ListenSection = 'api' | 'gateway' | 'worker';

export interface ListenPlace {
  host: string;
  port: number;
  section: ListenSection;
}

/**
 * Says in one sentence why a service cannot listen where its settings say, and what to do.
 *
 * @param error of Node's `listen`
 * @returns undefined where it is about something else
 */
export function listenRefusal(error: unknown, { host, port, section }: ListenPlace): StartRefused | undefined {
  const message = messageOf(codeOf(error), {
    host,
    port,
    portSetting: settingOf(section, 'port'),
    hostSetting: settingOf(section, 'host'),
  });
  return message === undefined ? undefined : new StartRefused(message, { cause: error });
}

function messageOf(
  code: unknown,
  { host, port, portSetting, hostSetting }: { host: string; port: number; portSetting: string; hostSetting: string },
): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use: set ${portSetting} or stop what listens there.`;
    case 'EACCES':
      return `Port ${port} is not free for every user of this machine: set ${portSetting} to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: set ${hostSetting}.`;
    default:
      return undefined;
  }
}

function settingOf(section: ListenSection, name: 'host' | 'port'): string {
  const key = `${section}.${name}`;
  return `${key} (${environmentName(key)})`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
