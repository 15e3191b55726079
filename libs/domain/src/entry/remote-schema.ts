import { list, refuseDuplicates } from '../schema/collections.js';
import { defaulted, object, required } from '../schema/object.js';
import { fieldPath, itemPath } from '../schema/report.js';
import { checked, type Schema } from '../schema/schema.js';
import { boolean, choice } from '../schema/scalars.js';
import type { Remote } from '../server-entry.js';
import { headerName, httpUrl, referenceScalar } from './common-schemas.js';

const header = object({
  name: required(headerName),
  value: required(referenceScalar()),
  is_secret: defaulted(boolean, () => false),
});

/** A remote MCP server (hub-api.md, section 1). `transport_type` is what the old registry calls `type`. */
export const remoteSchema: Schema<Remote> = checked(
  object(
    {
      type: required(choice(['streamable-http', 'sse'])),
      url: required(httpUrl({ references: true })),
      headers: defaulted(list(header, { max: 100 }), () => []),
    },
    { aliases: { transport_type: 'type' } },
  ),
  ({ headers }, path, report) => {
    const at = fieldPath(path, 'headers');
    const pathOf = (index: number): string => fieldPath(itemPath(at, index), 'name');
    refuseDuplicates(headers, (each) => each.name.toLowerCase(), pathOf, report);
  },
);
