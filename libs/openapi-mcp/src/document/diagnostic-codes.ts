/**
 * Every code that a diagnostic can have, and what it means. A code, once given, keeps its meaning: scripts filter by it.
 * The documentation's table is made from this one.
 */
export const diagnosticCodes = {
  // Reading the document
  document_cycle: 'An alias of YAML makes a value contain itself; it is read as a reference to that value.',
  not_an_object: 'An object was expected here; what is there is skipped.',
  reference_cycle: 'A reference leads back to itself; it is taken as one that leads nowhere.',
  reference_dangling: 'A reference leads nowhere; what it stands for is unconstrained, or left out.',
  reference_external: 'A reference leads out of the document to where nothing is read from.',
  reference_invalid: 'A "$ref" that is no text, or empty; it is ignored.',
  reference_repaired: 'A reference that is not written as it should be, but can only mean one thing; that is taken.',
  webhooks_ignored: 'Webhooks are requests that the API sends; they become nothing.',

  // Operations
  method_unknown: 'A member of a path that looks like an operation, but is not under a known method; it is left out.',
  operation_duplicate: 'The same method twice under one path; the first one counts.',
  operation_invalid: 'An operation that is no object, or whose method is no HTTP method; it is left out.',
  path_invalid: 'A path that can not be called, with everything under it; it is left out.',
  path_repaired: 'A path that does not begin with a slash; one is put before it.',
  responses_invalid: 'The responses are not an object; they are ignored.',

  // Parameters and bodies
  body_duplicate: 'A second body beside the one that is used; it is left out.',
  validation_shallow: 'A schema that can not be compiled; arguments are checked by their names and types only.',
  body_too_large: 'A body with too many properties to be told one by one; it is one argument.',
  body_invalid: 'A body that can not be sent as declared; it is left out.',
  encoding_invalid: 'A part of an Encoding Object that can not be used; it is ignored.',
  media_type_invalid: 'Content under something that is no media type; it is left out.',
  parameter_duplicate: 'A second parameter of this name in this place; the first one counts.',
  parameter_invalid: 'A parameter without a name, or in no known place; it is left out.',
  parameter_repaired: 'A parameter that is not declared as it should be, but can only mean one thing; that is taken.',
  parameter_without_placeholder: 'A path parameter whose path has no such placeholder; it is left out.',
  parameters_invalid: 'The parameters are not a list; what can be read of them is.',
  placeholder_undeclared: 'A placeholder of a path that no parameter declares; it is taken as a required string.',
  style_invalid: 'A style that parameters in this place do not have; the default is used.',

  // Schemas
  keyword_invalid: 'A keyword of a schema that is unknown or has an impossible value; it is left out.',
  keyword_repaired:
    'A keyword of a schema that is not written as it should be, but can only mean one thing; that is taken.',
  pattern_invalid: 'A pattern that is no ECMA-262 regular expression; it is left out.',
  pattern_slow: 'A pattern that could take exponential time to match; it is left out.',
  schema_cut: 'A schema too large to be listed whole with a tool; a part of it is left open.',
  schema_endless:
    'A schema that is a part or a variant of itself, or of too many parts to be checked; it is left open there.',
  schema_invalid: 'Not a schema; it is taken as one that allows anything.',
  value_too_large: 'A default or examples too large to be listed, or no JSON; they are left out.',

  // Components
  name_unused: 'A name in mcp_names for an operationId that the document does not have.',
  no_tools: 'No operation became a component.',
  operation_deprecated: 'A deprecated operation, left out because the entry says so.',
  operation_excluded: 'An operation that a rule of the entry leaves out.',
  resource_arguments: 'An operation that needs more than a resource can be given.',
  resource_is_template:
    'An operation with placeholders or query parameters that was to be a resource; it becomes a template.',
  resource_method: 'An operation that is neither GET nor HEAD and was to be a resource; it becomes a tool.',
  resource_parameter_unused: 'A parameter that a resource has no place for; it is never sent.',
  template_is_resource: 'An operation without any variable that was to be a template; it becomes a resource.',
  too_many_tools: 'An operation beyond max_tools; it is left out.',

  // Servers and security
  security_not_configured: 'An operation demands a security scheme that the entry does not configure.',
  security_scheme_unknown: 'The entry configures a security scheme that the document does not declare.',
  server_invalid: 'An operation whose own server can not be called; it is left out.',
} as const satisfies Readonly<Record<string, string>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

/** Codes that account for an operation that became no component: however many there are, each one is listed. */
export const accountingCodes: ReadonlySet<DiagnosticCode> = new Set([
  'method_unknown',
  'operation_deprecated',
  'operation_duplicate',
  'operation_excluded',
  'operation_invalid',
  'path_invalid',
  'server_invalid',
  'too_many_tools',
]);
