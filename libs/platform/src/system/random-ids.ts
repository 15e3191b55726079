import { randomBytes } from 'node:crypto';
import { Ids } from '@mcp-hub/application';

const bytesPerId = 16;
/** Asking the system for random bytes costs as much for many as for few, and every call has an id. */
const idsPerDraw = 256;

/** 128 random bits in base64url, 22 characters. */
export class RandomIds extends Ids {
  private drawn = Buffer.alloc(0);
  private used = 0;

  next(): string {
    if (this.used === this.drawn.length) {
      this.drawn = randomBytes(bytesPerId * idsPerDraw);
      this.used = 0;
    }
    const start = this.used;
    this.used += bytesPerId;
    return this.drawn.toString('base64url', start, this.used);
  }
}
