import 'reflect-metadata';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import {
  getMetadataStorage,
  registerDecorator,
  validate,
  type ValidationArguments,
  type ValidationError,
} from 'class-validator';
import type { Issue } from '@mcp-hub/domain';
import { InvalidBody, InvalidParameters } from './http.errors.js';

const wholeBodyKey = Symbol('mcp-hub:whole-body');
/** What `ReportsIssues` found, by the object and property it was asked about: class-validator itself carries only text. */
const reported = new WeakMap<object, Map<string, readonly Issue[]>>();

/**
 * On a property of a body's class: it gets the whole body as it came, untouched, beside the properties that name single
 * fields of it.
 */
export function WholeBody(): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(wholeBodyKey, property, target.constructor);
}

/**
 * On a property of a body's class: a check that tells everything it finds, each with its own path.
 *
 * @param check gets the value and the object it belongs to
 * @param prefix put before each path; default the property's name, '' for none
 */
export function ReportsIssues(
  check: (value: unknown, object: object) => readonly Issue[],
  options: { prefix?: string } = {},
): PropertyDecorator {
  return (target, property) => {
    const prefix = options.prefix ?? String(property);
    registerDecorator({
      name: 'reportsIssues',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate(value: unknown, args?: ValidationArguments): boolean {
          const object = args?.object ?? {};
          const issues = check(value, object).map((issue) => ({
            ...issue,
            path: joinPath(prefix, issue.path),
          }));
          const ofObject = reported.get(object) ?? new Map<string, readonly Issue[]>();
          reported.set(object, ofObject.set(String(property), issues));
          return issues.length === 0;
        },
        defaultMessage: () => 'has problems',
      },
    });
  };
}

/**
 * Checks what handlers take, by the class-validator decorators of the parameter's class, and reports every problem at
 * once: of a body as 422 (`InvalidBody`), of query and path as 400 (`InvalidParameters`).
 */
export class EntryPipe implements PipeTransform<unknown, Promise<unknown>> {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (!metatype || type === 'custom' || !isChecked(metatype)) return value;
    const raise = (issues: readonly Issue[]): never => {
      throw type === 'body' ? new InvalidBody(issues) : new InvalidParameters(issues);
    };
    const wholeBody = Reflect.getMetadata(wholeBodyKey, metatype) as string | undefined;
    if (wholeBody === undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      return raise([{ path: '', message: 'must be an object', code: 'type' }]);
    }
    const instance = plainToInstance(metatype, declaredFields(metatype, value)) as object;
    if (wholeBody !== undefined) Object.assign(instance, { [wholeBody]: value });
    const unknown = wholeBody === undefined && type === 'body' ? unknownFields(metatype, value) : [];
    const issues = [...unknown, ...(await validate(instance)).flatMap((error) => issuesOf(error, ''))];
    return issues.length > 0 ? raise(issues) : instance;
  }
}

function isChecked(metatype: new () => unknown): boolean {
  return fieldsOf(metatype).size > 0;
}

function fieldsOf(metatype: new () => unknown): Set<string> {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(metatype, '', false, false);
  return new Set(metadata.map(({ propertyName }) => propertyName));
}

function declaredFields(metatype: new () => unknown, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  const fields = fieldsOf(metatype);
  return Object.fromEntries(Object.entries(value).filter(([key]) => fields.has(key)));
}

function unknownFields(metatype: new () => unknown, value: unknown): Issue[] {
  const fields = fieldsOf(metatype);
  return Object.keys(value as object)
    .filter((key) => !fields.has(key))
    .map((key) => ({
      path: key,
      message: `is not a field here; known are ${[...fields].join(', ')}`,
      code: 'unknown_field',
    }));
}

function issuesOf(error: ValidationError, parent: string): Issue[] {
  const path = joinPath(parent, /^\d+$/.test(error.property) ? `[${error.property}]` : error.property);
  const found = error.target ? (reported.get(error.target)?.get(error.property) ?? []) : [];
  const own = Object.entries(error.constraints ?? {})
    .filter(([name]) => name !== 'reportsIssues')
    .map(([name, message]) => ({
      path,
      message: withoutSubject(message, error.property),
      code: snakeCase(name),
    }));
  return [...own, ...found, ...(error.children ?? []).flatMap((child) => issuesOf(child, path))];
}

function joinPath(parent: string, path: string): string {
  if (parent === '' || path === '') return parent + path;
  return path.startsWith('[') ? parent + path : `${parent}.${path}`;
}

/** class-validator's messages begin with the property's name, which the path has already. */
function withoutSubject(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
