import type { HttpAnswer } from './http-answer.js';
import { HttpConnection } from './http-connection.js';

/** One request on a connection of its own. @throws Error where it breaks off before the answer is there */
export function exchange(port: number, request: Buffer | string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const connection = new HttpConnection(port, {
      onConnect: () => connection.send(request),
      onAnswer: (answer) => {
        connection.end();
        resolve(answer);
      },
      onFailure: (reason) => reject(new Error(reason)),
      onClose: () => undefined,
    });
  });
}
