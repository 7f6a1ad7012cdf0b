import { describe, expect, it } from 'vitest';
import { markdownOf, type Noted, notebookOf } from './notebook.ts';

const noted: Noted = {
  id: 'sbq_01',
  at: '2026-11-26 10:00',
  person: 'Li',
  kind: 'query',
  language: 'sql',
  code: 'select origin, count(*) as n\nfrom flights -- ``` not an end\ngroup by 1',
  result: {
    columns: [
      { name: 'origin', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ],
    rows: [
      ['A|B<script>', 12],
      ['SEA', null],
    ],
    marks: [
      [null, null],
      [null, 'protected'],
    ],
  },
  note: '',
};
const head = { title: 'Delays', purpose: 'Why', about: 'Released only' };

describe('notebooks', () => {
  it('writes Markdown that its contents cannot break', () => {
    const text = markdownOf(head, [noted, { ...noted, id: 'sbj_02', result: null, note: 'held back' }]);
    expect(text).toContain('````sql\nselect origin');
    expect(text).toContain('| A\\|B<script> | 12 |');
    expect(text).toContain('| SEA | withheld:protected |');
    expect(text.trimEnd().endsWith('held back')).toBe(true);
  });

  it('writes a notebook of format 4.5', () => {
    const book = JSON.parse(notebookOf(head, [noted])) as {
      nbformat: number;
      nbformat_minor: number;
      cells: { id: string; cell_type: string; source: string[]; outputs?: { data: Record<string, string[]> }[] }[];
    };
    expect([book.nbformat, book.nbformat_minor]).toEqual([4, 5]);
    expect(book.cells.map((c) => c.cell_type)).toEqual(['markdown', 'markdown', 'code']);
    expect(book.cells.every((c) => /^[\w-]{1,64}$/.test(c.id))).toBe(true);
    expect(new Set(book.cells.map((c) => c.id)).size).toBe(3);
    expect(book.cells[2]?.source.join('')).toBe(noted.code);
    expect(book.cells[2]?.outputs?.[0]?.data['text/html']?.join('')).toContain('A|B&lt;script&gt;');
  });
});
