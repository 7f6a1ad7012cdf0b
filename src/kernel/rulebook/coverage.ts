import type { Act } from '../acts/index.ts';
import type { Text } from '../text.ts';
import type { Article, Rulebook, RulebookDocument } from './documents.ts';
import type { Effect, Rule } from './rule.ts';

/**
 * How an article lives in the product.
 * `enforced` a rule guards an act and refuses it · `monitored` a rule raises an alert · `recorded` a rule keeps a human
 * statement · `not-encoded` no rule will stand behind it, with the reason · `open` none stands behind it yet.
 */
export const STATUSES = ['enforced', 'monitored', 'recorded', 'not-encoded', 'open'] as const;
type CoverageStatus = (typeof STATUSES)[number];

/** A rule with its facts hidden, and the acts it guards. */
export interface Guard {
  readonly rule: Rule<never>;
  readonly acts: readonly Act[];
}

export interface Coverage {
  readonly document: RulebookDocument;
  readonly article: Article;
  readonly status: CoverageStatus;
  /** Only where it is not encoded. */
  readonly reason: Text | null;
  /** Several when different acts need different facts for the same article. */
  readonly guards: readonly Guard[];
  readonly acts: readonly Act[];
}

/** One line for each article of every document, computed from the acts themselves, so that the page cannot flatter. */
export function coverage(rulebook: Rulebook, acts: readonly Act[]): readonly Coverage[] {
  const guards = guardsOf(acts);
  return orderedDocuments(rulebook).flatMap((document) =>
    document.articles.map((article): Coverage => {
      const own = guards.get(article.id) ?? [];
      return {
        document,
        article,
        status: statusOf(document, article, own),
        reason: own.length === 0 ? (article.notEncoded ?? null) : null,
        guards: own,
        acts: [...new Set(own.flatMap((g) => g.acts))],
      };
    }),
  );
}

/** Rules by article. Two rules of one article stay two; the same rule in two acts is one with two call sites. */
export function guardsOf(acts: readonly Act[]): ReadonlyMap<string, readonly Guard[]> {
  const byVersion = new Map<string, { rule: Rule<never>; acts: Act[] }>();
  for (const act of acts) {
    for (const rule of act.rules) {
      const key = `${rule.id} ${rule.version}`;
      const found = byVersion.get(key);
      if (found) found.acts.push(act);
      else byVersion.set(key, { rule, acts: [act] });
    }
  }
  const byArticle = new Map<string, Guard[]>();
  for (const guard of byVersion.values())
    byArticle.set(guard.rule.id, [...(byArticle.get(guard.rule.id) ?? []), guard]);
  return byArticle;
}

const STRONGEST: readonly Effect[] = ['block', 'monitor', 'record'];
const STATUS_OF: Readonly<Record<Effect, CoverageStatus>> = {
  block: 'enforced',
  monitor: 'monitored',
  record: 'recorded',
};

function statusOf(document: RulebookDocument, article: Article, guards: readonly Guard[]): CoverageStatus {
  const strongest = STRONGEST.find((effect) => guards.some((g) => g.rule.effect === effect));
  if (strongest) return STATUS_OF[strongest];
  if (article.notEncoded) return 'not-encoded';
  // A house rule without a rule object is cited where the code itself refuses; a test holds each to that.
  return document.group === 'house' ? 'enforced' : 'open';
}

type Totals = Readonly<Record<CoverageStatus, number>>;

export function totals(rows: readonly Coverage[]): Totals {
  const count = (status: CoverageStatus) => rows.filter((r) => r.status === status).length;
  return {
    enforced: count('enforced'),
    monitored: count('monitored'),
    recorded: count('recorded'),
    'not-encoded': count('not-encoded'),
    open: count('open'),
  };
}

const GROUPS: readonly RulebookDocument['group'][] = ['source', 'house', 'law'];
const natural = new Intl.Collator('en', { numeric: true });

/** Sources, house rules, laws; by code; articles by number (`SH-10.2` after `SH-9.1`). */
function orderedDocuments(rulebook: Rulebook): RulebookDocument[] {
  return [...rulebook.documents.values()]
    .map((d) => ({ ...d, articles: [...d.articles].sort((a, b) => natural.compare(a.id, b.id)) }))
    .sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || natural.compare(a.code, b.code));
}
