import { hasScope, mayCallServer, type Principal, type TokenAuth } from '@mcp-hub/platform';
import type { Refusal } from './gateway-answers.js';

export type CheckedCaller = { kind: 'allowed'; caller: string } | { kind: 'refused'; refusal: Refusal };

/** Who calls, and whether they may call this server. */
export type CallerCheck = (authorization: string | undefined, serverId: string) => CheckedCaller;

/** The caller's name where nobody has to say who they are. */
const anonymous = 'anonymous';

/** With `gateway.auth_enabled` a token with the `call` scope is needed; without, everybody is `anonymous`. */
export function callerCheck(auth: TokenAuth, isEnabled: boolean): CallerCheck {
  if (!isEnabled) return () => ({ kind: 'allowed', caller: anonymous });
  return (authorization, serverId) => {
    const outcome = auth.authenticate(authorization);
    if (outcome.kind !== 'authenticated') return refused(outcome.kind === 'missing' ? missing : rejected);
    return mayCall(outcome.principal, serverId)
      ? { kind: 'allowed', caller: outcome.principal.name }
      : refused(forbidden);
  };
}

function mayCall(principal: Principal, serverId: string): boolean {
  return hasScope(principal, 'call') && mayCallServer(principal, serverId);
}

function refused(refusal: Refusal): CheckedCaller {
  return { kind: 'refused', refusal };
}

const missing: Refusal = {
  httpStatus: 401,
  code: 'unauthenticated',
  message: 'A token is needed: send "Authorization: Bearer <token>".',
  headers: { 'www-authenticate': 'Bearer' },
};
const rejected: Refusal = {
  httpStatus: 401,
  code: 'unauthenticated',
  message: 'This token is not known here.',
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
};
const forbidden: Refusal = {
  httpStatus: 403,
  code: 'forbidden',
  message: 'This token may not call this server. It needs the scope "call", and the server among its servers.',
};
