import type { CallSignal, InputRequest, JsonObject, McpCall } from '@mcp-hub/application';
import { CallLoss } from '../../call-loss.js';
import type { InputRefusal } from '../../input-refusal.js';
import { errorCode } from '../../wire/protocol.js';
import type { Leg, LegOutcome } from '../call-runner.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import type { ClientExchange } from './client-exchange.js';
import type { LegacySession } from './legacy-session.js';
import { legacyInput } from './revision-messages.js';

/** A server that asks more often than this during one call is not served any longer. */
const maxRounds = 10;
/** How long a client may take to answer. */
const answerMs = 600_000;
/** Before a retry that has nothing to say to the server. */
const pauseMs = 1_000;

type Answers = Record<string, JsonObject | InputRefusal>;

/** Calls of legacy clients: what the server asks goes to the client as real requests, and the call is taken up with the answers. */
export class LegacyCalls {
  readonly #parts: EndpointParts;
  #waiting = 0;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  async run(
    call: McpCall,
    session: LegacySession,
    exchange: ClientExchange,
    request: EndpointRequest,
    signal: CallSignal,
  ): Promise<LegOutcome> {
    const { calls } = this.#parts;
    const withdrawals = new Map<string, AbortController>();
    const leg: Leg = {
      call,
      request,
      session: session.id,
      clientCapabilities: exchange.canAsk ? session.clientCapabilities : {},
      ...(session.clientInfo && { clientInfo: session.clientInfo }),
      logLevel: session.logLevel,
      signal,
      onNotification: (method, params) => {
        exchange.notify(method, params);
      },
      onWithdrawn: (key) => {
        withdrawals.get(key)?.abort();
      },
      ...(exchange.canResume && { closeStream: () => exchange.closeStream() }),
    };
    let outcome = await calls.run(leg);
    for (let round = 1; outcome.kind === 'inputRequired'; round += 1) {
      const { inputRequests = {}, requestState } = outcome;
      if (round > maxRounds || this.#waiting >= this.#parts.options.limits.parkedMax) {
        if (requestState !== undefined) await calls.abandon(leg, requestState);
        const message = round > maxRounds ? 'The server asked too often.' : 'Too many calls wait for their clients.';
        return this.#lost(request, new CallLoss('unknown', 'overloaded'), message);
      }
      const inputResponses = await this.#answers(inputRequests, session, exchange, signal, withdrawals);
      if (signal.aborted) {
        if (requestState !== undefined) await calls.abandon(leg, requestState);
        return this.#lost(request, new CallLoss('unknown', 'cancelled'), 'The call was cancelled.');
      }
      const state = requestState === undefined ? {} : { requestState };
      outcome = await calls.run({ ...leg, call: { ...call, params: { ...call.params, inputResponses, ...state } } });
    }
    return outcome;
  }

  async #answers(
    requests: Record<string, InputRequest>,
    { version }: LegacySession,
    exchange: ClientExchange,
    signal: CallSignal,
    withdrawals: Map<string, AbortController>,
  ): Promise<Answers> {
    const { timers, options } = this.#parts;
    const giveUp = new AbortController();
    const onAbort = (): void => {
      giveUp.abort();
    };
    const isPause = Object.keys(requests).length === 0;
    const stopTimer = timers.after(isPause ? pauseMs : answerMs, onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting += 1;
    try {
      if (isPause) await aborted(giveUp.signal);
      const asked = Object.entries(requests).map(async ([key, input]) => {
        const withdrawal = new AbortController();
        withdrawals.set(key, withdrawal);
        const answer = await exchange.ask(
          legacyInput(input, version, () => options.ids.next()),
          AbortSignal.any([giveUp.signal, withdrawal.signal]),
        );
        return [key, answer] as const;
      });
      return Object.fromEntries(await Promise.all(asked));
    } finally {
      this.#waiting -= 1;
      stopTimer();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #lost(request: EndpointRequest, loss: CallLoss, message: string): LegOutcome {
    const data = this.#parts.calls.lossData(request, loss);
    return { kind: 'error', error: { code: errorCode.hub, message, data }, isLoss: true };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
