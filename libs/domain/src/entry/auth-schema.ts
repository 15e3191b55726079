import { list, record } from '../schema/collections.js';
import { defaulted, object, optional, required, variants } from '../schema/object.js';
import { checked, type Schema } from '../schema/schema.js';
import { choice } from '../schema/scalars.js';
import type { AuthConfig } from '../server-entry.js';
import { headerName, httpUrl, referenceText, wireName } from './common-schemas.js';

const value = referenceText({ min: 1 });
// `x-…` fields are not kept here: every value of auth_config is a secret, and theirs would not be known as one.
const rules = { extensions: false };

const bearer = object({ type: required(choice(['bearer'])), token: required(value) }, rules);
const basic = object(
  { type: required(choice(['basic'])), username: required(value), password: required(referenceText()) },
  rules,
);

const apiKey = checked(
  object(
    {
      type: required(choice(['api_key'])),
      api_key: required(value),
      header_name: optional(headerName),
      query_name: optional(wireName),
      cookie_name: optional(wireName),
    },
    rules,
  ),
  ({ header_name, query_name, cookie_name }, path, report) => {
    const places = [header_name, query_name, cookie_name].filter((place) => place !== undefined);
    if (places.length > 1) report.issue(path, 'conflict', 'must name one of header_name, query_name and cookie_name');
  },
);

const oauth2 = object(
  {
    type: required(choice(['oauth2'])),
    oauth2_config: required(
      object(
        {
          token_url: required(httpUrl({ references: true })),
          client_id: required(value),
          client_secret: required(value),
          scopes: defaulted(list(referenceText({ min: 1, max: 500 }), { max: 100 }), () => []),
          audience: optional(referenceText({ min: 1 })),
        },
        rules,
      ),
    ),
  },
  rules,
);

const single = { bearer, api_key: apiKey, basic, oauth2 };

const schemes = object(
  {
    type: required(choice(['schemes'])),
    schemes: required(record(variants('type', single), { max: 50 })),
  },
  rules,
);

/** How an upstream is authenticated at (hub-api.md, section 1, `auth_config`). */
export const authSchema: Schema<AuthConfig> = variants('type', { ...single, schemes });
