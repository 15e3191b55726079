import type { Report } from '../schema/report.js';
import { checked, type Schema } from '../schema/schema.js';
import { scalarText, text, type TextRules } from '../schema/scalars.js';
import { hasMalformedReference, hasReference } from '../secrets/reference-text.js';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const framing = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Why a header can't be configured. */
export function headerNameRefusal(name: string): string | undefined {
  if (name.length > 128 || !token.test(name)) return 'must be the name of an HTTP header';
  return framing.has(name.toLowerCase()) ? 'is set by HTTP itself; leave it out' : undefined;
}

/** Why a header of MCP clients can't be passed on to an upstream (hub-api.md, section 1, `forward_headers`). */
export function forwardedHeaderRefusal(name: string): string | undefined {
  const lower = name.toLowerCase();
  const isPrivate = ['authorization', 'proxy-authorization', 'cookie'].includes(lower) || lower.startsWith('mcp-');
  if (isPrivate) return 'is never passed on; configure what the upstream needs in auth_config or headers';
  return headerNameRefusal(name);
}

export const headerName = named(headerNameRefusal);
/** The name of a header, query parameter or cookie. */
export const wireName = text({ min: 1, max: 128, pattern: token, be: 'a name without spaces and separators' });

export function named(refuse: (name: string) => string | undefined): Schema<string> {
  return checked(text({ min: 1 }), (name, path, report) => {
    const refusal = refuse(name);
    if (refusal !== undefined) report.issue(path, 'wrong_name', refusal);
  });
}

/** Text of the places where `${NAME}` and `${NAME:-default}` are replaced at load. */
export function referenceText(rules: TextRules = {}): Schema<string> {
  return checked(text(rules), warnOfMalformedReference);
}

export function referenceScalar(rules: TextRules = {}): Schema<string> {
  return checked(scalarText(rules), warnOfMalformedReference);
}

function warnOfMalformedReference(value: string, path: string, report: Report): void {
  if (!hasMalformedReference(value)) return;
  report.warn(
    path,
    'not_a_reference',
    'holds ${ but no reference; one is written ${NAME} or ${NAME:-default}. The text is used as it stands',
  );
}

/** Warns of references where none are replaced. */
export function plainText(rules: TextRules = {}): Schema<string> {
  return checked(text(rules), warnOfUnusedReference);
}

export function plainScalar(rules: TextRules = {}): Schema<string> {
  return checked(scalarText(rules), warnOfUnusedReference);
}

function warnOfUnusedReference(value: string, path: string, report: Report): void {
  if (!hasReference(value)) return;
  report.warn(
    path,
    'reference_not_replaced',
    'holds a ${…} reference, which is used as it stands: they are replaced in auth_config, headers, environment values, server_variables and remotes only',
  );
}

/** An absolute http or https URL. With `references` a part of it, or all, may be `${NAME}`. */
export function httpUrl({ references = false } = {}): Schema<string> {
  return checked(text({ min: 1, max: 8192 }), (value, path, report) => {
    if (references && hasReference(value)) return;
    if (hasReference(value))
      report.issue(path, 'wrong_form', 'must be a URL without ${…}: references are not replaced here');
    else if (!isHttpUrl(value))
      report.issue(path, 'wrong_form', 'must be an absolute URL that begins with http:// or https://');
  });
}

export function isHttpUrl(value: string): boolean {
  return /^https?:\/\/[^/\s]/i.test(value) && URL.canParse(value);
}
