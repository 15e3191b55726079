import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { errorKinds, type ErrorKind } from '@mcp-hub/domain';

export interface ErrorClass {
  code: string;
  kind: ErrorKind;
  /** Its doc comment, else what it says. */
  meaning: string;
}

export interface RaisedProblem {
  code: string;
  status: number;
  meaning: string;
}

/** The classes that extend `HubError` with a constant `code` and `kind`, below some folders. */
export function readErrorClasses(root: string, folders: readonly string[]): ErrorClass[] {
  return nodesBelow(root, folders).flatMap((node) => {
    if (!ts.isClassDeclaration(node) || !extendsHubError(node)) return [];
    const code = constantOf(node, 'code');
    const kind = errorKinds.find((known) => known === constantOf(node, 'kind'));
    return code === undefined || kind === undefined ? [] : [{ code, kind, meaning: docOf(node) ?? saidBy(node) }];
  });
}

/** The `new HttpProblem(status, 'code', 'detail', …)` of failures, below some folders; each code once. */
export function readHttpProblems(root: string, folders: readonly string[]): RaisedProblem[] {
  const found = new Map<string, RaisedProblem>();
  for (const node of nodesBelow(root, folders)) {
    if (!ts.isNewExpression(node) || node.expression.getText() !== 'HttpProblem') continue;
    const [status, code, detail] = node.arguments ?? [];
    if (!status || !ts.isNumericLiteral(status) || !code || !ts.isStringLiteral(code)) continue;
    const problem = { code: code.text, status: Number(status.text), meaning: detail ? textIn(detail) : '' };
    if (problem.status >= 400) found.set(problem.code, problem);
  }
  return [...found.values()];
}

function nodesBelow(root: string, folders: readonly string[]): ts.Node[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .sort()
      .flatMap((path) => {
        const text = readFileSync(join(root, folder, path), 'utf8');
        return descendantsOf(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
      }),
  );
}

function descendantsOf(node: ts.Node): ts.Node[] {
  const below: ts.Node[] = [];
  node.forEachChild((child) => void below.push(child, ...descendantsOf(child)));
  return below;
}

function extendsHubError(node: ts.ClassDeclaration): boolean {
  return (node.heritageClauses ?? []).some((clause) =>
    clause.types.some(({ expression }) => expression.getText() === 'HubError'),
  );
}

function constantOf(node: ts.ClassDeclaration, name: string): string | undefined {
  const member = node.members.find((candidate) => candidate.name?.getText() === name);
  return member && ts.isPropertyDeclaration(member) && member.initializer && ts.isStringLiteral(member.initializer)
    ? member.initializer.text
    : undefined;
}

function docOf(node: ts.ClassDeclaration): string | undefined {
  const [doc] = ts.getJSDocCommentsAndTags(node);
  const text = doc && ts.getTextOfJSDocComment(doc.comment);
  return text?.replace(/\s+/g, ' ');
}

/** The first text that the constructor hands to `super`. */
function saidBy(node: ts.ClassDeclaration): string {
  const call = descendantsOf(node).find(
    (candidate): candidate is ts.CallExpression =>
      ts.isCallExpression(candidate) && candidate.expression.kind === ts.SyntaxKind.SuperKeyword,
  );
  const [message] = call?.arguments ?? [];
  return message ? textIn(message) : '';
}

/** The first text in an expression, `…` for what is filled in. */
function textIn(expression: ts.Expression): string {
  for (const node of [expression, ...descendantsOf(expression)]) {
    if (ts.isTemplateExpression(node)) {
      return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
    }
    if (ts.isStringLiteralLike(node) && node.text.includes(' ')) return node.text;
  }
  return '';
}
