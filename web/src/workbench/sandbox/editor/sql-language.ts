import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { PostgreSQL, SQLDialect, sql } from '@codemirror/lang-sql';
import { FUNCTIONS, KEYWORDS, named } from './sql-words.ts';

/** What the editor knows of a table: its name in SQL, and its columns with what stands beside each when completing. */
export interface EditorTable {
  readonly alias: string;
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly about: string }[];
}

/** A form offered when completing; `about` says in words what it is for. */
export interface EditorForm {
  readonly label: string;
  /** Written in its place; the cursor goes to `|`. */
  readonly text: string;
  readonly about: string;
}

/** The words of the closed grammar and no others: what is not one of them shows as a name. */
const CLOSED = SQLDialect.define({
  keywords: KEYWORDS,
  builtin: FUNCTIONS,
  types: 'date timestamp',
  doubleQuotedStrings: false,
});

/** Highlighting of the interactive lane, whose grammar is closed. */
export const closedSql = () => sql({ dialect: CLOSED, upperCaseKeywords: false });

/** Highlighting of jobs, which take any SQL. */
export const openSql = () => sql({ dialect: PostgreSQL });

const TABLE_POSITION = /\b(from|join)\s+"?[\p{L}\p{N}_]*$/iu;
const WORD_BEFORE = /[\p{L}\p{N}_."]*$/u;

const apply = (form: EditorForm): Partial<Completion> =>
  form.text.includes('|')
    ? {
        apply: (view, _completion, from, to) => {
          const at = form.text.indexOf('|');
          view.dispatch({
            changes: { from, to, insert: form.text.replace('|', '') },
            selection: { anchor: from + at },
          });
        },
      }
    : { apply: form.text };

/** Completes the names of granted tables and columns, and the forms that the lane allows. */
export function completeFrom(tables: readonly EditorTable[], forms: readonly EditorForm[]) {
  const tableOptions: Completion[] = tables.map((t) => ({
    label: t.alias,
    apply: named(t.alias),
    type: 'class',
    detail: t.title,
  }));
  const formOptions: Completion[] = forms.map((f) => ({
    label: f.label,
    type: 'function',
    detail: f.about,
    ...apply(f),
  }));
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(WORD_BEFORE);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(Math.max(0, word.to - 80), word.to);
    if (TABLE_POSITION.test(before)) return { from: word.from, options: tableOptions };
    const text = context.state.doc.toString().toLowerCase();
    const used = tables.filter((t) => new RegExp(`\\b(from|join)\\s+"?${escaped(t.alias)}\\b`, 'iu').test(text));
    const of = used.length > 0 ? used : tables;
    const dotted = word.text.lastIndexOf('.');
    const owner = dotted < 0 ? null : of.find((t) => named(t.alias) === word.text.slice(0, dotted));
    const columns = (owner ? [owner] : of).flatMap((t) =>
      t.columns.map(
        (c): Completion => ({
          label: c.name,
          apply: owner || of.length < 2 ? named(c.name) : `${named(t.alias)}.${named(c.name)}`,
          type: 'property',
          detail: c.about,
          boost: 1,
        }),
      ),
    );
    return {
      from: owner ? word.from + dotted + 1 : word.from,
      options: owner ? columns : [...columns, ...formOptions],
      validFor: /^[\p{L}\p{N}_"]*$/u,
    };
  };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').toLowerCase();
