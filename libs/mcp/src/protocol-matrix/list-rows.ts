import { absent, cells, crosses, everywhere, translated } from './claims.js';
import type { MatrixSection } from './matrix.js';

export const listSection: MatrixSection = {
  title: 'Lists, prompts, resources, completion',
  rows: [
    {
      id: 'tools-list',
      feature: '`tools/list`',
      note: 'Schemas with `$schema`, `$defs` and unknown keywords, annotations, icons, `_meta` and order are the server’s.',
      cells: everywhere,
    },
    {
      id: 'tool-execution',
      feature: '`execution` of a tool (2025-11-25)',
      note: 'It is about tasks, which 2026-07-28 moved to an extension.',
      cells: cells(
        crosses,
        absent('2026-07-28 does not have it.'),
        translated('left out'),
        absent('2026-07-28 does not have it.'),
      ),
    },
    { id: 'prompts-list', feature: '`prompts/list`', note: 'Items are the server’s own.', cells: everywhere },
    { id: 'resources-list', feature: '`resources/list`', note: 'Items are the server’s own.', cells: everywhere },
    {
      id: 'resource-templates-list',
      feature: '`resources/templates/list`',
      note: 'Items are the server’s own.',
      cells: everywhere,
    },
    {
      id: 'pagination',
      feature: 'Pages',
      note: 'Cursors are opaque: the server gets its own back, whatever it is made of.',
      cells: everywhere,
    },
    {
      id: 'cache-hints',
      feature: '`ttlMs` and `cacheScope`',
      note: 'A legacy server says nothing about it, so modern clients are told to ask again.',
      cells: cells(
        absent('Earlier revisions do not have them.'),
        crosses,
        translated('`ttlMs: 0`, `cacheScope: private`'),
        crosses,
      ),
    },
    {
      id: 'result-type',
      feature: '`resultType`',
      note: 'Every modern result has one.',
      cells: cells(absent('Earlier revisions do not have it.'), crosses, translated('`complete` is added'), crosses),
    },
    { id: 'prompts-get', feature: '`prompts/get`', note: 'Messages are the server’s own.', cells: everywhere },
    {
      id: 'resources-read',
      feature: '`resources/read`',
      note: 'Texts, blobs and their `_meta` are the server’s own.',
      cells: everywhere,
    },
    {
      id: 'resource-not-found',
      feature: 'A resource that is not there',
      note: '-32002 in earlier revisions, -32602 in 2026-07-28; message and data stay.',
      cells: cells(crosses, crosses, translated('-32002 becomes -32602'), crosses),
    },
    {
      id: 'completion',
      feature: '`completion/complete`',
      note: 'With the context that it is asked in.',
      cells: everywhere,
    },
  ],
};
