import { z } from 'zod';
import { TextSchema } from '../text.ts';
import { type Coverage, STATUSES, totals } from './coverage.ts';
import type { Rulebook, RulebookDocument } from './documents.ts';
import { beijingDay, type Rule } from './rule.ts';
import type { Adoption } from './tables.ts';

/** What the world sees of the rulebook. Nothing here knows who asks. */

export const Status = z.enum(STATUSES);

const ActName = z.object({ name: z.string(), title: TextSchema });

const RuleBrief = z.object({ title: TextSchema, effect: z.enum(['block', 'monitor', 'record']), version: z.string() });

export const ArticleView = z.object({
  id: z.string(),
  /** Code of the document. */
  document: z.string(),
  /** Place in the document. */
  article: z.string(),
  /** Document and place as people cite it. */
  citation: TextSchema,
  kind: z.string(),
  tier: z.enum(['A', 'B', 'C', 'D']),
  actor: TextSchema.nullable(),
  text: TextSchema,
  numbers: z.string().nullable(),
  status: Status,
  reason: TextSchema.optional(),
  /** The document has force today, by itself or by adoption. */
  binding: z.boolean(),
  acts: z.array(ActName),
  rules: z.array(RuleBrief),
});

export const CoverageView = z.object({
  id: z.string(),
  document: z.string(),
  article: z.string(),
  tier: z.enum(['A', 'B', 'C', 'D']),
  status: Status,
  reason: TextSchema.optional(),
  acts: z.array(z.string()),
  rules: z.array(
    z.object({ version: z.string(), params: z.array(z.string()), examples: z.number().int().nonnegative() }),
  ),
});

export const Totals = z.object({
  enforced: z.number(),
  monitored: z.number(),
  recorded: z.number(),
  'not-encoded': z.number(),
  open: z.number(),
});

const ParameterView = z.object({
  name: z.string(),
  values: z.array(
    z.object({ from: z.string(), value: z.unknown(), unit: z.string().optional(), reference: z.string() }),
  ),
  /** Index of the value that holds today, or null before the first. */
  current: z.number().int().nullable(),
});

export const RuleView = RuleBrief.extend({
  params: z.array(ParameterView),
  examples: z.array(z.object({ name: z.string(), at: z.string(), facts: z.unknown(), expect: z.string() })),
  /** The decision as it runs. */
  source: z.string(),
  acts: z.array(ActName),
});

export const AdoptionView = z.object({
  adoptedFrom: z.string(),
  revokedAt: z.string().nullable(),
  reason: z.string(),
  actId: z.string(),
});

export const DocumentView = z.object({
  code: z.string(),
  short: TextSchema,
  title: TextSchema,
  issuer: TextSchema,
  group: z.enum(['source', 'house', 'law']),
  level: TextSchema,
  date: z.string().nullable(),
  status: z.enum(['draft', 'in force', 'house rules', 'no legal force']),
  statusNote: TextSchema,
  validFrom: z.string().nullable(),
  validTo: z.string().nullable(),
  scope: TextSchema,
  source: z.string().nullable(),
  notes: TextSchema.nullable(),
  /** Its rules can refuse an act today. */
  binding: z.boolean(),
  /** The living adoption of a draft; `adoptedFrom` may lie ahead. */
  adoption: AdoptionView.nullable(),
  articles: z.number().int(),
  totals: Totals,
});

const actName = (a: { name: string; title: { zh: string; en: string } }) => ({ name: a.name, title: a.title });

const ruleBrief = (rule: Rule<never>) => ({ title: rule.title, effect: rule.effect, version: rule.version });

export function articleView(rulebook: Rulebook, row: Coverage, binding: boolean): z.input<typeof ArticleView> {
  const { document, article } = row;
  return {
    id: article.id,
    document: document.code,
    article: article.locator,
    citation: rulebook.citation(article.id),
    kind: article.kind,
    tier: article.tier,
    actor: rulebook.actor(article),
    text: { zh: article.zh, en: article.requirement },
    numbers: article.numbers,
    status: row.status,
    ...(row.reason ? { reason: row.reason } : {}),
    binding,
    acts: row.acts.map(actName),
    rules: row.guards.map((g) => ruleBrief(g.rule)),
  };
}

export function coverageView({
  document,
  article,
  status,
  reason,
  acts,
  guards,
}: Coverage): z.input<typeof CoverageView> {
  return {
    id: article.id,
    document: document.code,
    article: article.locator,
    tier: article.tier,
    status,
    ...(reason ? { reason } : {}),
    acts: acts.map((a) => a.name),
    rules: guards.map(({ rule }) => ({
      version: rule.version,
      params: Object.keys(rule.params),
      examples: rule.examples.length,
    })),
  };
}

export function ruleViews(row: Coverage, at: Date): z.input<typeof RuleView>[] {
  const day = beijingDay(at);
  return row.guards.map(({ rule, acts }) => ({
    ...ruleBrief(rule),
    params: Object.entries(rule.params).map(([name, { values }]) => {
      const current = values.findLastIndex((v) => v.from <= day);
      return {
        name,
        values: values.map(({ from, value, unit, reference }) => ({
          from,
          value,
          reference,
          ...(unit ? { unit } : {}),
        })),
        current: current < 0 ? null : current,
      };
    }),
    examples: rule.examples.map(({ name, at: on, facts, expect }) => ({ name, at: on, facts, expect })),
    source: rule.source,
    acts: acts.map(actName),
  }));
}

export const adoptionView = (a: Adoption): z.input<typeof AdoptionView> => ({
  adoptedFrom: a.adoptedFrom,
  revokedAt: a.revokedAt?.toISOString() ?? null,
  reason: a.reason,
  actId: a.actId,
});

export function documentView(
  document: RulebookDocument,
  rows: readonly Coverage[],
  binding: boolean,
  adoption: Adoption | undefined,
): z.input<typeof DocumentView> {
  const { articles, ...head } = document;
  return {
    ...head,
    binding,
    adoption: adoption ? adoptionView(adoption) : null,
    articles: articles.length,
    totals: totals(rows),
  };
}
