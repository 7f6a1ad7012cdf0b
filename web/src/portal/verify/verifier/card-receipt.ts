import type { Proven, ShownOpening } from '../../../../../src/kernel/evidence/verify/index.ts';
import { dateTime, number } from '../../../shared/format.ts';
import { type Finding, trustOf } from './check.ts';
import { type Child, h, icon } from './dom.ts';
import {
  bothSides,
  type CardContext,
  type Fact,
  facts,
  fold,
  grounds,
  pre,
  prettyJson,
  shownValue,
  tag,
} from './parts.ts';
import type { VerifierWords } from './words.ts';

/** A receipt and its entry, with what somebody shows of the sealed part. */
export function receiptContent(
  { pieces: [, entry], verification, openings }: Extract<Finding, { of: 'receipt' }>,
  proven: Proven,
  context: CardContext,
): Child[] {
  const { t, trust } = context;
  const witnessed = proven.level === 'witnessed';
  const whom = 'vkey' in trustOf(trust) ? `--key '${trust}'` : '--policy policy.txt';
  return [
    levelTags(proven, t),
    facts(factsOf(proven, t)),
    openings.length > 0 ? openingsOf(openings, t) : null,
    bothSides(
      t,
      [t.provesEntry, t.provesLog, witnessed && t.provesWitness(proven.witnesses.map((w) => w.name).join(t.comma))],
      [t.notHappened, witnessed ? t.notTimeWitnessed : t.notTime, !witnessed && t.notSplit, t.notKey],
    ),
    fold(t.grounds, grounds(verification.details, context)),
    fold(t.entry, h('p', { class: 'small faint' }, t.sealed), pre(prettyJson(entry.bytes))),
    fold(t.repeat, pre(`bin/shuheng verify --proof receipt.tlog-proof --entry receipt.json ${whom}`)),
  ];
}

/** What stands behind it, at a glance. */
export function levelTags(
  { level, witnesses, signatures }: Pick<Proven, 'level' | 'witnesses' | 'signatures'>,
  t: VerifierWords,
): HTMLElement {
  return h(
    'p',
    { class: 'tags' },
    level === 'witnessed' ? tag(t.witnessed, 'good') : tag(t.sequenced),
    ...signatures.map((s) => tag(s === 'sm2' ? t.sm2 : 'Ed25519')),
    ...witnesses.map((w) => tag(`${w.name} ${dateTime(w.at)}`, 'good')),
  );
}

export function factsOf({ entry, index, size, log }: Proven, t: VerifierWords): Fact[] {
  const rows: Fact[] = [];
  if (entry)
    rows.push(
      [t.act, entry.act, true],
      [t.subject, entry.subject ?? t.sealedName, entry.subject !== null],
      [t.party, entry.party ?? t.sealedName, entry.party !== null],
      [t.at, dateTime(entry.at)],
      [t.receipt, entry.id, true],
    );
  return [...rows, [t.log, log], [t.position, t.positionOf(number(Number(index)), number(Number(size)))]];
}

/** Values somebody shows behind the commitments, each held against its commitment. */
function openingsOf(openings: readonly ShownOpening[], t: VerifierWords): HTMLElement {
  const row = ({ name, value, check }: ShownOpening) => [
    h('dt', { class: 'mono' }, name),
    h(
      'dd',
      { class: `opening ${check === 'opened' ? 'good' : 'bad'}` },
      icon(check === 'opened' ? 'check' : 'close', 14),
      h('span', {}, shownValue(value)),
      h('small', {}, check === 'opened' ? t.openingTrue : check === 'false' ? t.openingFalse : t.openingAbsent),
    ),
  ];
  return h(
    'div',
    {},
    h('h3', {}, t.openings),
    h('p', { class: 'small faint' }, t.openingsText),
    h('dl', { class: 'facts outcome-facts' }, ...openings.flatMap(row)),
  );
}
