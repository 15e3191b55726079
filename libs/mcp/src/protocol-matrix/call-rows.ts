import { absent, byClient, cells, crosses, everywhere, refused, translated } from './claims.js';
import type { MatrixSection } from './matrix.js';

const noHeaders = absent('Earlier revisions do not have it: the call runs without.');
const noTasks = refused(-32601, 'client', '2026-07-28 has no tasks of its own.');
const headerMissing = refused(-32020, 'client', 'A call must carry `Mcp-Param-*` as the schema says.');

export const callSection: MatrixSection = {
  title: 'Calls and what they carry',
  rows: [
    {
      id: 'tools-call',
      feature: '`tools/call`: content of every type, structured content',
      note: 'Arguments and results are the same JSON on both sides.',
      cells: everywhere,
    },
    { id: 'tool-errors', feature: 'Results with `isError`', note: 'They are results.', cells: everywhere },
    {
      id: 'structured-values',
      feature: 'Structured content that is no object',
      note: 'Only 2026-07-28 has it; legacy clients read objects only, whoever sends it.',
      cells: byClient(translated('`{"result": value}`'), crosses),
    },
    {
      id: 'error-data',
      feature: 'Codes, messages and data of errors',
      note: 'Also of codes that no revision defines; on HTTP 200, because clients lose `data` on anything else.',
      cells: everywhere,
    },
    {
      id: 'unknown-members',
      feature: 'Unknown members of params, results and content; unknown types of content',
      note: 'What the hub does not know it leaves alone.',
      cells: everywhere,
    },
    {
      id: 'meta',
      feature: '`_meta` of requests, results, items, content and notifications',
      note: 'Trace context included; the modern envelope is made anew on each side.',
      cells: everywhere,
    },
    {
      id: 'extension-request',
      feature: 'Requests that only an extension defines',
      note: 'They go to the server like any other.',
      cells: everywhere,
    },
    {
      id: 'unknown-method',
      feature: 'A method that the server does not have',
      note: 'The server says so itself.',
      cells: byClient(
        refused(-32601, 'client', 'It is the server’s answer.'),
        refused(-32601, 'client', 'It is the server’s answer.'),
      ),
    },
    {
      id: 'tasks',
      feature: 'Tasks (2025-11-25)',
      note: 'Each is its caller’s: to others of a shared server it does not exist. 2026-07-28 has an extension instead.',
      cells: cells(crosses, noTasks, noTasks, noTasks),
    },
    {
      id: 'task-input',
      feature: 'What a task asks of its caller',
      note: 'It goes to who waits for the result of the task, whoever else has a call in flight.',
      cells: cells(crosses, noTasks, noTasks, noTasks),
    },
    {
      id: 'param-headers-added',
      feature: '`x-mcp-header`: arguments as headers, for the server',
      note: 'A modern server on HTTP gets them whoever calls; on other transports there are no headers.',
      cells: cells(crosses, { others: crosses, http: translated('the hub adds the header') }, crosses, crosses),
    },
    {
      id: 'param-headers-checked',
      feature: '`x-mcp-header`: a call without the header',
      note: 'The hub answers before the server is asked.',
      cells: byClient(noHeaders, headerMissing),
    },
    {
      id: 'names-beyond-ascii',
      feature: 'Names beyond ASCII',
      note: 'Encoded in headers, plain in bodies.',
      cells: everywhere,
    },
    {
      id: 'large-payloads',
      feature: 'Arguments and results of a megabyte',
      note: 'Up to the limits that the settings name.',
      cells: everywhere,
    },
  ],
};
