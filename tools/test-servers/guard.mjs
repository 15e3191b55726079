/**
 * Runs one server and sees to it that it does not outlive the process that asked for it, however that one ends.
 *
 * Arguments: a folder to remove should the parent die ("" for none), the command, its arguments. Tells the parent the
 * server's process id over the IPC channel; the channel closing is the news that the parent is gone. SIGKILL, because
 * nobody is left to wait for an orderly end, and it also reaches a stopped process.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [removeWhenOrphaned, command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'] });
let orphaned = false;

server.on('spawn', () => {
  if (process.connected) process.send({ pid: server.pid });
});
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code) => {
  if (orphaned && removeWhenOrphaned) rmSync(removeWhenOrphaned, { recursive: true, force: true });
  process.exit(code ?? 1);
});

process.on('disconnect', () => {
  orphaned = true;
  server.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => server.kill('SIGKILL'));
}
