import type { Proven, ShownOpening } from '../../../../../src/kernel/evidence/verify/index.ts';
import type { Text } from '../../../../../src/kernel/text.ts';
import { dateTime, number } from '../../../shared/format.ts';
import { type Finding, trustOf } from './check.ts';
import { type Child, h, icon } from './dom.ts';
import type { Piece } from './read.ts';
import type { Language, VerifierWords } from './words.ts';

export interface CardContext {
  readonly t: VerifierWords;
  readonly language: Language;
  /** The key or policy that counted, for repeating the check. */
  readonly trust: string;
  readonly remove: (pieces: readonly Piece[]) => void;
}

type Standing = 'proven' | 'false' | 'unreadable' | 'waiting';
const ICONS = { proven: 'shield', false: 'close', unreadable: 'warning', waiting: 'warning' } as const;

/** What was proven and what not, in plain words. */
export function cardOf(finding: Finding, context: CardContext): HTMLElement {
  const { t } = context;
  if (finding.of === 'lonely') {
    const [piece] = finding.pieces;
    const [says, text] =
      piece.kind === 'proof'
        ? [t.lonelyProof, t.lonelyProofText]
        : piece.kind === 'entry'
          ? [t.lonelyEntry, t.lonelyEntryText]
          : [t.lonelyOpenings, t.lonelyOpeningsText];
    return card('waiting', says, finding.pieces, context, [h('p', {}, text)]);
  }
  const { verification, pieces } = finding;
  return card(
    // True as far as it goes, and said so: no forgery, only too few witnesses.
    verification.outcome === 'false' && verification.check === 'quorum' ? 'waiting' : verification.outcome,
    verification.says[context.language],
    pieces,
    context,
    verification.outcome === 'proven'
      ? provenReceipt(finding, verification.proven, context)
      : [grounds(verification.details, context)],
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

function card(
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

const removeButton = (t: VerifierWords, remove: () => void): HTMLElement =>
  h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': t.remove, title: t.remove, onclick: remove },
    icon('close', 16),
  );

function provenReceipt(
  { pieces: [, entry], verification, openings }: Extract<Finding, { of: 'receipt' }>,
  proven: Proven,
  context: CardContext,
): Child[] {
  const { t, trust } = context;
  const witnessed = proven.level === 'witnessed';
  return [
    levelTags(proven, t),
    factsOf(proven, t),
    openings.length > 0 ? openingsOf(openings, t) : null,
    h(
      'div',
      { class: 'outcome-columns' },
      list(t.proves, [
        t.provesEntry,
        t.provesLog,
        witnessed && t.provesWitness(proven.witnesses.map((w) => w.name).join(t.comma)),
      ]),
      list(t.not, [t.notHappened, witnessed ? t.notTimeWitnessed : t.notTime, !witnessed && t.notSplit, t.notKey]),
    ),
    fold(t.grounds, grounds(verification.details, context)),
    fold(t.entry, h('p', { class: 'small faint' }, t.sealed), pre(pretty(entry.bytes))),
    fold(
      t.repeat,
      pre(
        `bin/shuheng verify --proof receipt.tlog-proof --entry receipt.json ${'vkey' in trustOf(trust) ? `--key '${trust}'` : '--policy policy.txt'}`,
      ),
    ),
  ];
}

/** Values somebody shows behind the commitments, each held against its commitment. */
function openingsOf(openings: readonly ShownOpening[], t: VerifierWords): HTMLElement {
  return h(
    'div',
    {},
    h('h3', {}, t.openings),
    h('p', { class: 'small faint' }, t.openingsText),
    h(
      'dl',
      { class: 'facts outcome-facts' },
      ...openings.flatMap(({ name, value, check }) => [
        h('dt', { class: 'mono' }, name),
        h(
          'dd',
          { class: `opening ${check === 'opened' ? 'good' : 'bad'}` },
          icon(check === 'opened' ? 'check' : 'close', 14),
          h('span', {}, typeof value === 'string' ? value : JSON.stringify(value)),
          h('small', {}, check === 'opened' ? t.openingTrue : check === 'false' ? t.openingFalse : t.openingAbsent),
        ),
      ]),
    ),
  );
}

/** What stands behind it, at a glance. */
function levelTags({ level, witnesses, signatures }: Proven, t: VerifierWords): HTMLElement {
  const tag = (good: boolean, text: string) => h('span', { class: `tag ${good ? 'good' : ''}` }, text);
  return h(
    'p',
    { class: 'tags' },
    level === 'witnessed' ? tag(true, t.witnessed) : tag(false, t.sequenced),
    ...signatures.map((s) => tag(false, s === 'sm2' ? t.sm2 : 'Ed25519')),
    ...witnesses.map((w) => tag(true, `${w.name} ${dateTime(w.at)}`)),
  );
}

function factsOf({ entry, index, size, log }: Proven, t: VerifierWords): HTMLElement {
  const rows: (readonly [string, string, boolean?])[] = [];
  if (entry) {
    rows.push(
      [t.act, entry.act, true],
      [t.subject, entry.subject ?? t.sealedName, entry.subject !== null],
      [t.party, entry.party ?? t.sealedName, entry.party !== null],
      [t.at, dateTime(entry.at)],
      [t.receipt, entry.id, true],
    );
  }
  rows.push([t.log, log], [t.position, t.positionOf(number(Number(index)), number(Number(size)))]);
  return h(
    'dl',
    { class: 'facts outcome-facts' },
    ...rows.flatMap(([name, value, mono]) => [h('dt', {}, name), h('dd', { class: mono ? 'mono' : null }, value)]),
  );
}

const grounds = (details: readonly Text[], { language }: CardContext): HTMLElement =>
  h('ul', {}, ...details.map((d) => h('li', {}, d[language])));

const list = (title: string, items: readonly (string | false)[]): HTMLElement =>
  h('div', {}, h('h3', {}, title), h('ul', {}, ...items.map((item) => item && h('li', {}, item))));

const fold = (title: string, ...content: readonly Child[]): HTMLElement =>
  h('details', {}, h('summary', {}, title), ...content);

/** Long lines scroll, by keyboard too. */
const pre = (text: string): HTMLElement => h('pre', { tabindex: 0 }, text);

/** For reading only: what was verified are the bytes. */
function pretty(entry: Uint8Array): string {
  const text = new TextDecoder().decode(entry);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
