import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readiness } from './readiness.js';

/**
 * Answers `GET /healthz` (the process is up) and `GET /readyz` (200 when every part is ready, else 503 with what is
 * missing and since when).
 *
 * @returns false where the request is for something else
 */
export function healthHandler(readiness: Readiness): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return false;
    const path = req.url?.split('?', 1)[0];
    if (path === '/healthz') {
      answer(res, 200, { status: 'ok' });
      return true;
    }
    if (path !== '/readyz') return false;
    void readiness.check().then(({ isReady, parts }) => {
      answer(res, isReady ? 200 : 503, {
        status: isReady ? 'ready' : 'not_ready',
        checks: parts.map((part) => ({
          name: part.name,
          ready: part.isReady,
          since: part.since,
          ...(part.detail !== undefined && { detail: part.detail }),
        })),
      });
    });
    return true;
  };
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  res.end(`${JSON.stringify(body)}\n`);
}
