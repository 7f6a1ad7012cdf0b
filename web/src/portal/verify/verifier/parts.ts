import type { Text } from '../../../../../src/kernel/text.ts';
import { type Child, h, icon } from './dom.ts';
import type { Piece } from './read.ts';
import type { Language, VerifierWords } from './words.ts';

/** What a place that shows verdicts offers besides: looking things up happens only when somebody presses for it. */
export interface LookUp {
  /** Asks the site that serves this page whether a certificate is still valid. @returns the words of its answer */
  readonly status?: (statusPath: string) => Promise<{ good: boolean; says: Text }>;
}

export interface CardContext extends LookUp {
  readonly t: VerifierWords;
  readonly language: Language;
  /** The key or policy that counted, for repeating the check. */
  readonly trust: string;
  readonly remove: (pieces: readonly Piece[]) => void;
}

export type Standing = 'proven' | 'false' | 'unreadable' | 'waiting';
const ICONS = { proven: 'shield', false: 'close', unreadable: 'warning', waiting: 'warning' } as const;

/** One verdict: what it says, on which files, and its grounds. */
export function card(
  standing: Standing,
  says: string,
  pieces: readonly Piece[],
  { t, remove }: CardContext,
  content: readonly Child[],
): HTMLElement {
  return h(
    'li',
    { class: `outcome ${standing}` },
    h(
      'div',
      { class: 'outcome-head' },
      icon(ICONS[standing], 24),
      h(
        'div',
        {},
        h('b', {}, says),
        h('small', { class: 'faint outcome-files' }, pieces.map((p) => p.name).join(' · ')),
      ),
      removeButton(t, () => remove(pieces)),
    ),
    ...content,
  );
}

/** Something that could not be taken in: one clear sentence. */
export function troubleCard(says: Text, language: Language, t: VerifierWords, remove: () => void): HTMLElement {
  return h(
    'li',
    { class: 'outcome unreadable' },
    h('div', { class: 'outcome-head' }, icon('warning', 24), h('b', {}, says[language]), removeButton(t, remove)),
  );
}

const removeButton = (t: VerifierWords, remove: () => void): HTMLElement =>
  h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': t.remove, title: t.remove, onclick: remove },
    icon('close', 16),
  );

export type Fact = readonly [name: string, value: Child, mono?: boolean];

export const facts = (rows: readonly Fact[]): HTMLElement =>
  h(
    'dl',
    { class: 'facts outcome-facts' },
    ...rows.flatMap(([name, value, mono]) => [h('dt', {}, name), h('dd', { class: mono ? 'mono' : null }, value)]),
  );

export const tag = (text: string, kind: 'good' | 'bad' | 'wait' | '' = ''): HTMLElement =>
  h('span', { class: `tag ${kind}` }, text);

export const grounds = (details: readonly Text[], { language }: CardContext): HTMLElement =>
  h('ul', {}, ...details.map((d) => h('li', {}, d[language])));

/** What it proves beside what it does not. */
export function bothSides(
  t: VerifierWords,
  proves: readonly (string | false)[],
  not: readonly (string | false)[],
): HTMLElement {
  const list = (title: string, items: readonly (string | false)[]) =>
    h('div', {}, h('h3', {}, title), h('ul', {}, ...items.map((item) => item && h('li', {}, item))));
  return h('div', { class: 'outcome-columns' }, list(t.proves, proves), list(t.not, not));
}

export const fold = (title: string, ...content: readonly Child[]): HTMLElement =>
  h('details', {}, h('summary', {}, title), ...content);

/** Long lines scroll, by keyboard too. */
export const pre = (text: string): HTMLElement => h('pre', { tabindex: 0 }, text);

/** For reading only: what was verified are the bytes. */
export function prettyJson(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
