import type { ResultTable } from './result-model.ts';
import { csvRows } from './result-model.ts';

/** What a project asked and was told, as far as it was released; oldest first. */
export interface Noted {
  readonly id: string;
  readonly at: string;
  readonly person: string;
  readonly kind: 'query' | 'job';
  readonly language: 'sql' | 'python';
  readonly code: string;
  /** Null where nothing was released. */
  readonly result: ResultTable | null;
  readonly note: string;
}

export interface NotebookHead {
  readonly title: string;
  readonly purpose: string;
  /** Says where it comes from and what is not in it. */
  readonly about: string;
}

/** Rows of a result that stand in a notebook; the whole of it stands in its CSV. */
export const NOTEBOOK_ROWS_MAX = 500;

const inCell = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');

/** A result as a Markdown table. */
export function markdownTable(table: ResultTable): string {
  const [head = [], ...rows] = csvRows(table);
  const line = (cells: readonly string[]) => `| ${cells.map(inCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.slice(0, NOTEBOOK_ROWS_MAX).map(line)].join('\n');
}

/** The longest run of backticks inside decides the fence, so that code never ends its own block. */
function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

const headOf = (n: Noted): string => `${n.at} · ${n.person} · ${n.id}`;

export function markdownOf(head: NotebookHead, noted: readonly Noted[]): string {
  const parts = noted.map((n) =>
    [`## ${headOf(n)}`, fenced(n.code, n.language), n.result ? markdownTable(n.result) : null, n.note || null]
      .filter((part) => part !== null)
      .join('\n\n'),
  );
  return `${[`# ${head.title}`, head.purpose, head.about, ...parts].join('\n\n')}\n`;
}

/** Lines as a notebook stores them: each keeps its end. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

/** Ids of cells have letters, digits, - and _ only, at most 64. */
const cellId = (id: string, part: string): string => `${id}-${part}`.replaceAll(/[^\w-]/g, '-').slice(-64);

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function htmlTable(table: ResultTable): string {
  const [head = [], ...rows] = csvRows(table);
  const row = (tag: 'th' | 'td') => (cells: readonly string[]) =>
    `<tr>${cells.map((c) => `<${tag}>${escapeHtml(c)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${row('th')(head)}</thead><tbody>${rows.slice(0, NOTEBOOK_ROWS_MAX).map(row('td')).join('')}</tbody></table>`;
}

/** A notebook of format 4.5 (nbformat.v4.schema.json), with the released answers as outputs. */
export function notebookOf(head: NotebookHead, noted: readonly Noted[]): string {
  const cells = noted.flatMap((n, i) => [
    {
      id: cellId(n.id, 'head'),
      cell_type: 'markdown',
      metadata: {},
      source: linesOf(`### ${headOf(n)}${n.note ? `\n\n${n.note}` : ''}`),
    },
    {
      id: cellId(n.id, 'code'),
      cell_type: 'code',
      execution_count: i + 1,
      metadata: { language: n.language },
      source: linesOf(n.code),
      outputs: n.result
        ? [
            {
              output_type: 'execute_result',
              execution_count: i + 1,
              metadata: {},
              data: { 'text/html': linesOf(htmlTable(n.result)), 'text/plain': linesOf(markdownTable(n.result)) },
            },
          ]
        : [],
    },
  ]);
  return `${JSON.stringify(
    {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { language_info: { name: 'sql' }, title: head.title },
      cells: [
        {
          id: 'head',
          cell_type: 'markdown',
          metadata: {},
          source: linesOf(`# ${head.title}\n\n${head.purpose}\n\n${head.about}`),
        },
        ...cells,
      ],
    },
    null,
    1,
  )}\n`;
}
