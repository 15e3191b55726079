import { isSuppliedBy } from './supplied-parameters.js';
import type { Component } from './component.js';
import type { RoutedOperation } from './route-operations.js';
import type { Credential } from './security.js';
import type { Diagnostics } from '../document/diagnostics.js';
import type { Operation, Parameter } from '../operations/operation.js';

export interface KindOf {
  kind: Component['kind'];
  /** Without what a resource of this kind can't carry. */
  operation: Operation;
}

/**
 * What an operation becomes (openapi-to-mcp.md, section 2). A resource has nothing but its address: an operation that
 * needs a header, a cookie or a body stays a tool, else every read of it would be refused; one that needs a query
 * becomes a template. Whatever differs from what the entry wants is a diagnostic.
 */
export function kindOf(
  { operation, type }: Pick<RoutedOperation, 'operation' | 'type'>,
  credentials: readonly Credential[],
  diagnostics: Diagnostics,
): KindOf {
  if (type === 'TOOL') return { kind: 'tool', operation };
  const { method, pointer, parameters, body } = operation;
  if (method !== 'GET' && method !== 'HEAD') {
    const message = `A ${type} is read with GET or HEAD, not ${method}; it is offered as a tool.`;
    diagnostics.add('warning', pointer, 'resource_method', message);
    return { kind: 'tool', operation };
  }
  const open = parameters.filter((parameter) => !isSuppliedBy(credentials, parameter));
  const needed = [
    ...open.filter((one) => one.isRequired && !isInAddress(one)).map(({ place, name }) => `the ${place} "${name}"`),
    ...(body?.isRequired === true ? ['a body'] : []),
  ];
  if (needed.length > 0) {
    const message = `It needs ${needed.join(', ')}, which a ${type} can't carry; it is offered as a tool.`;
    diagnostics.add('warning', pointer, 'resource_arguments', message);
    return { kind: 'tool', operation };
  }
  const kind = resourceKind(type, open);
  if (kind === 'resource' && type === 'RESOURCE_TEMPLATE') {
    diagnostics.add('info', pointer, 'template_is_resource', 'Nothing in it varies; it is offered as a resource.');
  }
  if (kind === 'template' && type === 'RESOURCE') {
    diagnostics.add('info', pointer, 'resource_is_template', 'It takes parameters; it is offered as a template.');
  }
  const isCarried = ({ place }: Parameter) => place === 'path' || (place === 'query' && kind === 'template');
  for (const parameter of open.filter((one) => !isCarried(one))) {
    const message = `A ${kind} can't carry the ${parameter.place} "${parameter.name}"; it is never sent.`;
    diagnostics.add('info', parameter.pointer, 'resource_parameter_unused', message);
  }
  const { body: _body, ...rest } = operation;
  return { kind, operation: { ...rest, parameters: parameters.filter(isCarried) } };
}

function isInAddress({ place }: Parameter): boolean {
  return place === 'path' || place === 'query';
}

function resourceKind(type: RoutedOperation['type'], parameters: readonly Parameter[]): 'resource' | 'template' {
  const varies = parameters.some(
    ({ place, isRequired }) => place === 'path' || (place === 'query' && (isRequired || type === 'RESOURCE_TEMPLATE')),
  );
  return varies ? 'template' : 'resource';
}
