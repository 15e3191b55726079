import { absent, byClient, byServer, cells, crosses, everywhere, joined, refused, translated } from './claims.js';
import type { MatrixEntry, MatrixSection } from './matrix.js';

const ambiguous = refused(
  -32000,
  'server',
  'On a connection that many share nobody knows whom it is for; the error names `isolation: session`.',
);
const untold = absent('On one channel for all nobody knows whose they are, so nobody gets them.');
const noStreamForIt = absent('`subscriptions/listen` carries what its filter names, and nothing else.');
const notSaid = absent('Servers of 2026-07-28 say nothing outside of calls but what was asked for.');
const asAsked = translated('`input_required`; the call waits at the hub for the retry');
const withdrawn = absent('What a server of 2026-07-28 asks is a result: it can’t be taken back.');
const onOneChannel: MatrixEntry = {
  others: translated('the closed stream becomes `notifications/cancelled`'),
  http: crosses,
};

export const duringCallSection: MatrixSection = {
  title: 'During a call',
  rows: [
    {
      id: 'progress',
      feature: 'Progress, with total and message',
      note: 'Under the token of the caller; towards the server the hub has tokens of its own.',
      cells: everywhere,
    },
    {
      id: 'progress-unasked',
      feature: 'Progress that nobody asked for',
      note: 'It would belong to no token.',
      cells: byClient(absent('It is dropped.'), absent('It is dropped.')),
    },
    {
      id: 'notification-order',
      feature: 'Notifications before the result, in order',
      note: 'Nothing overtakes.',
      cells: everywhere,
    },
    {
      id: 'log-level',
      feature: 'Log messages from a level on',
      note: 'A legacy server is set to `debug`, and the hub filters for each session or request.',
      cells: cells(
        translated('the hub filters'),
        translated('the session’s level goes with each request'),
        translated('the hub filters'),
        crosses,
      ),
    },
    {
      id: 'log-default',
      feature: 'Log messages without a level',
      note: 'A session without a level gets all of it; a modern request without one gets none.',
      cells: byClient(crosses, absent('2026-07-28: no level, no messages.')),
    },
    {
      id: 'cancel-by-client',
      feature: 'Cancellation by the client',
      note: 'Legacy clients say so; modern ones close the stream of the answer.',
      cells: cells(
        crosses,
        { others: crosses, http: translated('the stream to the server is closed') },
        translated('the closed stream becomes `notifications/cancelled`'),
        onOneChannel,
      ),
    },
    {
      id: 'cancel-by-server',
      feature: 'A server that takes back what it asked',
      note: 'The client is told while it can be; an answer that comes too late is dropped.',
      cells: cells(
        crosses,
        withdrawn,
        absent('Between two legs nobody can be told; the retry gets what came of it.'),
        withdrawn,
      ),
    },
    {
      id: 'progress-by-client',
      feature: 'Progress of the client on what it was asked',
      note: 'Under the server’s token.',
      cells: cells(
        crosses,
        absent('What a server of 2026-07-28 asks is a result: it has no token.'),
        absent('Clients of 2026-07-28 send no progress.'),
        absent('Clients of 2026-07-28 send no progress.'),
      ),
    },
    {
      id: 'two-callers',
      feature: 'Input while somebody else’s call is in flight',
      note: 'In memory and on Streamable HTTP a legacy server says which call it asks for; on one channel for all it can’t.',
      cells: cells(
        { others: crosses, stdio: ambiguous, sse: ambiguous },
        translated('the hub asks the client for real, and calls again with the answer'),
        { others: asAsked, stdio: ambiguous, sse: ambiguous },
        crosses,
      ),
    },
    {
      id: 'log-two-callers',
      feature: 'Log messages while somebody else’s call is in flight',
      note: 'One user’s messages never reach another; progress finds its call by the token.',
      cells: byServer({ others: crosses, stdio: untold, sse: untold }, { others: crosses, stdio: untold }),
    },
    {
      id: 'extension-notification-in-call',
      feature: 'Notifications that only an extension defines',
      note: 'They come with the call that they belong to.',
      cells: everywhere,
    },
  ],
};

const listened = joined('`subscriptions/listen` of the hub', 'on the client’s `subscriptions/listen`');

export const outsideCallSection: MatrixSection = {
  title: 'Outside of calls',
  rows: [
    { id: 'tools-list-changed', feature: 'The list of tools changed', note: 'To all who listen.', cells: listened },
    { id: 'prompts-list-changed', feature: 'The list of prompts changed', note: 'To all who listen.', cells: listened },
    {
      id: 'resources-list-changed',
      feature: 'The list of resources changed',
      note: 'To all who listen.',
      cells: listened,
    },
    {
      id: 'resource-updated',
      feature: 'Subscriptions to resources',
      note: 'The server is subscribed to while anybody is.',
      cells: joined(
        '`resources/subscribe` becomes `subscriptions/listen`',
        '`subscriptions/listen` becomes `resources/subscribe`',
      ),
    },
    {
      id: 'logs-outside-calls',
      feature: 'Log messages outside of calls',
      note: 'To every session, from its level on.',
      cells: cells(crosses, notSaid, noStreamForIt, notSaid),
    },
    {
      id: 'elicitation-complete',
      feature: '`notifications/elicitation/complete` (2025-11-25)',
      note: '2026-07-28 has removed it: its clients retry.',
      cells: cells(crosses, notSaid, noStreamForIt, notSaid),
    },
    {
      id: 'extension-notification-outside',
      feature: 'Notifications of the server that only an extension defines',
      note: 'To every session.',
      cells: cells(crosses, notSaid, noStreamForIt, notSaid),
    },
    {
      id: 'extension-notification-by-client',
      feature: 'Notifications of the client that only an extension defines',
      note: 'They reach the server, which is not told whose they are.',
      cells: everywhere,
    },
    {
      id: 'roots-list-changed',
      feature: '`notifications/roots/list_changed` of the client',
      note: 'A shared server was not told of roots; a modern one asks for each call anew.',
      cells: byServer(absent('Nobody who could be told.'), absent('2026-07-28 has removed it.')),
    },
    {
      id: 'input-outside-calls',
      feature: 'A server that asks when no call is in flight',
      note: 'A shared server can’t say whom it asks.',
      cells: byServer(ambiguous, absent('Servers of 2026-07-28 ask in results only.')),
    },
  ],
};
