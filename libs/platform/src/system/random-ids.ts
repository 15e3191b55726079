import { randomBytes } from 'node:crypto';
import { Ids } from '@mcp-hub/application';

/** 128 random bits in base64url, 22 characters. */
export class RandomIds extends Ids {
  next(): string {
    return randomBytes(16).toString('base64url');
  }
}
