import type {
  BundledReceipt,
  BundleProven,
  BundleVerification,
} from '../../../../../src/kernel/evidence/verify/index.ts';
import { dateTime, day, number } from '../../../shared/format.ts';
import { levelTags } from './card-receipt.ts';
import { type Child, h } from './dom.ts';
import { bothSides, type CardContext, type Fact, facts, fold, grounds, pre, shownValue, tag } from './parts.ts';
import type { VerifierWords } from './words.ts';

/** More rows than this nobody reads in a card; the files hold them all. */
const ROWS_MAX = 300;

/** A court bundle: whose it is, what it holds, and every receipt in it. */
export function bundleContent(
  { bundle, details }: Extract<BundleVerification, { outcome: 'proven' }>,
  context: CardContext,
): Child[] {
  const { t } = context;
  const witnessed = bundle.level === 'witnessed';
  const opened = bundle.receipts.reduce((sum, r) => sum + r.openings.length, 0);
  return [
    levelTags(bundle, t),
    bundle.trust === 'bundle' ? h('p', { class: 'outcome-careful' }, t.ownPolicy) : null,
    facts(factsOf(bundle, opened, t)),
    bothSides(
      t,
      [
        t.bundleWhole,
        t.bundleReceipts(number(bundle.receipts.length)),
        opened > 0 && t.bundleOpened(number(opened)),
        witnessed && t.provesWitness(bundle.witnesses.map((w) => w.name).join(t.comma)),
      ],
      [t.notHappened, t.bundleNotAll, witnessed ? t.notTimeWitnessed : t.notTime, !witnessed && t.notSplit, t.notKey],
    ),
    receiptTable(bundle.receipts, t),
    fold(t.grounds, grounds(details, context)),
    fold(t.repeat, pre('bin/shuheng verify bundle.zip --policy policy.txt\ngo run verify.go bundle.zip\nsh verify.sh')),
  ];
}

function factsOf(bundle: BundleProven, opened: number, t: VerifierWords): Fact[] {
  const { party, requestedBy, scope, kinds, receipts, log, madeAt } = bundle;
  const period = scope.from || scope.until ? `${dayOf(scope.from)} … ${dayOf(scope.until)}` : t.everything;
  const inside = [receipts.length, opened, kinds.certificate ?? 0, kinds.anchor ?? 0].map(number);
  const rows: (Fact | null)[] = [
    [t.bundleParty, party.name],
    requestedBy.id === party.id ? null : [t.requestedBy, requestedBy.name],
    [t.subject, scope.subject ?? t.everything, scope.subject !== null],
    [t.period, period],
    [t.madeAt, dateTime(madeAt)],
    [t.holds, t.holdsText(inside[0] ?? '', inside[1] ?? '', inside[2] ?? '', inside[3] ?? '')],
    [t.log, log],
  ];
  return rows.filter((row) => row !== null);
}

const dayOf = (at: string | null): string => (at === null ? '' : day(at));

function receiptTable(receipts: readonly BundledReceipt[], t: VerifierWords): Child {
  if (receipts.length === 0) return null;
  const rows = [...receipts].sort((a, b) => (a.entry?.at ?? '').localeCompare(b.entry?.at ?? ''));
  return fold(
    t.receiptsInside(number(receipts.length)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t.receiptsInside(number(receipts.length)) },
      h(
        'table',
        { class: 'bundle-table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...[t.at, t.act, t.subject, t.party, t.position].map((title) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h('tbody', {}, ...rows.slice(0, ROWS_MAX).map((receipt) => receiptRow(receipt))),
      ),
    ),
    rows.length > ROWS_MAX ? h('p', { class: 'small faint' }, t.moreInside(number(rows.length - ROWS_MAX))) : null,
  );
}

function receiptRow({ entry, index, openings }: BundledReceipt): HTMLElement {
  // Where the log seals a name, the bundle may open it.
  const opened = (name: string) => {
    const found = openings.find((o) => o.name === name);
    return found ? shownValue(found.value) : '—';
  };
  return h(
    'tr',
    {},
    h('td', {}, entry ? dateTime(entry.at) : '—'),
    h('td', { class: 'mono' }, entry?.act ?? '—'),
    h('td', { class: 'mono' }, entry?.subject ?? opened('subject')),
    h('td', { class: 'mono' }, entry?.party ?? opened('party')),
    h('td', { class: 'number' }, tag(`#${number(Number(index))}`)),
  );
}
