import { readdirSync, readFileSync } from 'node:fs';

/** The ids of the processes of this machine whose command line is as wanted; that of a zombie is empty. */
export function processesWith(isWanted: (command: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return isWanted(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd());
      } catch {
        return false;
      }
    })
    .map(Number);
}

let last = 0;

/** Seconds for `sleep` that no other process of this machine sleeps: it is found by them. */
export function uniqueSeconds(): string {
  last += 1;
  return `10${process.pid}.${last}`;
}
