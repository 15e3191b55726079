import { absent, cells, crosses, joined, refused, translated } from './claims.js';
import type { MatrixSection } from './matrix.js';

const forReal = 'the hub asks the client for real, and calls again with the answer';
const askedForReal = translated(forReal);
const asked = joined(forReal, '`input_required`; the call waits at the hub for the retry');
const sharedHasNoRoots = refused(
  -32601,
  'server',
  'A server that many share is not told of roots: it would keep one caller’s for all.',
);
const noLegs = absent('Only results of 2026-07-28 ask.');
const noError = absent('Clients of 2026-07-28 leave the answer out, and are asked again.');
const missing = refused(-32021, 'client', 'The client did not declare what the server needs.');

export const inputSection: MatrixSection = {
  title: 'What servers ask of clients',
  rows: [
    {
      id: 'sampling',
      feature: 'Sampling, with tools',
      note: 'Also during `prompts/get` and `resources/read`.',
      cells: asked,
    },
    { id: 'elicitation-form', feature: 'Elicitation by a form', note: 'Schemas are the server’s own.', cells: asked },
    {
      id: 'elicitation-declined',
      feature: 'Elicitation that the user declines or cancels',
      note: 'It is an answer like another.',
      cells: asked,
    },
    {
      id: 'elicitation-url',
      feature: 'Elicitation by a URL',
      note: 'Legacy clients need an `elicitationId`, which 2026-07-28 does not have: it is invented, or left out.',
      cells: asked,
    },
    {
      id: 'url-required',
      feature: 'Error -32042, URL elicitation required (2025-11-25)',
      note: 'Nothing waits: the retry executes the call again, which is the one exception to “never twice”.',
      cells: cells(crosses, crosses, translated('`input_required` with the URLs'), crosses),
    },
    {
      id: 'roots',
      feature: 'Roots',
      note: 'A modern server asks for each call anew, so they cross there.',
      cells: cells(sharedHasNoRoots, askedForReal, sharedHasNoRoots, crosses),
    },
    { id: 'several-inputs', feature: 'Several inputs at once', note: 'They stay together.', cells: asked },
    { id: 'several-rounds', feature: 'Several rounds in one call', note: 'Ten at most.', cells: asked },
    {
      id: 'request-state',
      feature: '`requestState`',
      note: 'The server gets its own back; on the way it is sealed for the caller and the call, for ten minutes.',
      cells: cells(
        absent('Earlier revisions do not have it.'),
        translated('kept by the hub during the call'),
        translated('a state of the hub’s own'),
        translated('sealed'),
      ),
    },
    {
      id: 'input-refused',
      feature: 'A client that answers with an error',
      note: 'The modern era has no such answer.',
      cells: cells(
        crosses,
        refused(-1, 'client', 'The call ends with the client’s own error: a modern server can’t be told.'),
        noError,
        noError,
      ),
    },
    {
      id: 'undeclared-capability',
      feature: 'A capability that the client did not declare',
      note: 'A legacy server is told so and goes on as it likes; else the caller is.',
      cells: cells(refused(-32601, 'server', 'The client did not declare it.'), missing, missing, missing),
    },
    {
      id: 'undeclared-mode',
      feature: 'A mode of elicitation that the client did not declare',
      note: 'The same, with the code that 2025-11-25 has for it.',
      cells: cells(refused(-32602, 'server', 'The client did not declare the mode.'), missing, missing, missing),
    },
    {
      id: 'input-members',
      feature: '`_meta` and unknown members of what is asked and answered',
      note: 'But for the progress token, which has no meaning between two requests.',
      cells: asked,
    },
    {
      id: 'extension-request-by-server',
      feature: 'Requests of the server that only an extension defines',
      note: 'A client that does not know it says so itself.',
      cells: cells(
        crosses,
        askedForReal,
        refused(-32601, 'server', '`input_required` carries three kinds of request, and no other.'),
        crosses,
      ),
    },
    {
      id: 'input-result-members',
      feature: '`_meta` and unknown members of results that ask',
      note: 'There is no such result in earlier revisions.',
      cells: cells(noLegs, noLegs, noLegs, crosses),
    },
  ],
};
