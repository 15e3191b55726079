import type { McpCallContext } from '@mcp-hub/application';

/** Whether two calls are of one user: what a server says without saying to whom may only be told to one. */
export function isSameCaller(one: McpCallContext, other: McpCallContext): boolean {
  if (one.caller.session !== undefined || other.caller.session !== undefined) {
    return one.caller.session === other.caller.session;
  }
  // Without authentication everybody is anonymous: not one caller.
  return one.caller.id === other.caller.id && one.caller.id !== 'anonymous';
}
