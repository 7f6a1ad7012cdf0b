import { z } from 'zod';
import { type Act, afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { text } from '../text.ts';
import { DecisionView, RefusalView, recentDecisions, recentRefusals } from './activity.ts';
import { type Coverage, coverage, totals } from './coverage.ts';
import type { Rulebook } from './documents.ts';
import { beijingDay } from './rule.ts';
import { adoptedOn, adoptions } from './tables.ts';
import {
  AdoptionView,
  ArticleView,
  adoptionView,
  articleView,
  CoverageView,
  coverageView,
  DocumentView,
  documentView,
  RuleView,
  ruleViews,
  Status,
  Totals,
} from './views.ts';

const QUERY_MAX = 100;
const Code = z
  .string()
  .regex(/^[A-Z0-9]{2,10}$/)
  .meta({ title: '文件代码', 'x-title-en': 'Code of the document' });
const ArticleId = z
  .string()
  .regex(/^[A-Z0-9]{2,10}-[0-9a-z.]{1,12}$/)
  .meta({ title: '条款编号', 'x-title-en': 'Id of the article' });

const Filters = {
  document: Code.optional(),
  group: z.enum(['source', 'house', 'law']).optional(),
  tier: z.enum(['A', 'B', 'C', 'D']).optional(),
  status: Status.optional(),
  q: z.string().trim().max(QUERY_MAX).optional(),
};
type Filter = z.output<z.ZodObject<typeof Filters>>;

/** The rulebook as anyone may read it; `acts` are all acts of the house, so that coverage is counted and not claimed. */
export function rulebookReads(rulebook: Rulebook, acts: readonly Act[]): Read[] {
  const rows = coverage(rulebook, acts);
  const ofDocument = (code: string) => rows.filter((r) => r.document.code === code);

  /** Which documents have force at that time. */
  const force = async (db: Queryable, at: Date) => {
    const all = await adoptions(db);
    const adopted = adoptedOn(all, beijingDay(at));
    const living = (code: string) => all.find((a) => a.document === code && a.revokedAt === null);
    return { all, living, binds: (code: string) => rulebook.binds(code, adopted, at) };
  };

  const rules = read({
    path: '/rules',
    title: text('规则条款', 'Articles and rules'),
    by: anyone(),
    params: z.object({}),
    query: PageQuery.extend(Filters),
    output: pageOf(ArticleView).extend({ totals: Totals }),
    run: async ({ db, query, at }) => {
      const found = rows.filter((r) => matches(rulebook, r, query));
      const after = afterOf(query.cursor);
      const start = after === undefined ? 0 : found.findIndex((r) => r.article.id === after) + 1;
      const { binds } = await force(db, at);
      const shown = page(found.slice(start, start + query.limit + 1), query.limit, (r) => r.article.id);
      return {
        items: shown.items.map((r) => articleView(rulebook, r, binds(r.document.code))),
        nextCursor: shown.nextCursor,
        totals: totals(found),
      };
    },
  });

  const allCoverage = read({
    path: '/rules/coverage',
    title: text('规则覆盖', 'Coverage of the articles'),
    by: anyone(),
    params: z.object({}),
    query: z.object(Filters),
    output: z.object({ items: z.array(CoverageView), totals: Totals, documents: z.record(z.string(), Totals) }),
    // Not paged: the source documents have a fixed number of articles, and who checks coverage wants them all.
    run: async ({ query }) => {
      const filter = query.document || query.group ? query : { ...query, group: 'source' as const };
      const found = rows.filter((r) => matches(rulebook, r, filter));
      const codes = [...new Set(found.map((r) => r.document.code))];
      return {
        items: found.map(coverageView),
        totals: totals(found),
        documents: Object.fromEntries(codes.map((c) => [c, totals(found.filter((r) => r.document.code === c))])),
      };
    },
  });

  const oneRule = read({
    path: '/rules/:ruleId',
    title: text('条款详情', 'One article and its rules'),
    by: anyone(),
    params: z.object({ ruleId: ArticleId }),
    query: z.object({}),
    output: z.object({
      article: ArticleView,
      document: DocumentView,
      rules: z.array(RuleView),
      decisions: z.array(DecisionView),
      refusals: z.array(RefusalView),
    }),
    run: async ({ db, actor, params, at }) => {
      const row = rows.find((r) => r.article.id === params.ruleId);
      if (!row) throw notFound();
      const { living, binds } = await force(db, at);
      const { code } = row.document;
      const binding = binds(code);
      const names = row.acts.map((a) => a.name);
      return {
        article: articleView(rulebook, row, binding),
        document: documentView(row.document, ofDocument(code), binding, living(code)),
        rules: ruleViews(row, at),
        decisions: await recentDecisions(db, actor, row.article.id, names),
        refusals: await recentRefusals(db, actor, row.article.id),
      };
    },
  });

  const documents = read({
    path: '/rulebook-documents',
    title: text('文件', 'Documents of the rulebook'),
    by: anyone(),
    params: z.object({}),
    query: PageQuery.extend({ group: Filters.group }),
    output: pageOf(DocumentView),
    run: async ({ db, query, at }) => {
      const codes = [...new Set(rows.map((r) => r.document.code))];
      const found = codes.filter((c) => !query.group || rulebook.documents.get(c)?.group === query.group);
      const after = afterOf(query.cursor);
      const start = after === undefined ? 0 : found.indexOf(after) + 1;
      const { living, binds } = await force(db, at);
      const shown = page(found.slice(start, start + query.limit + 1), query.limit, (c) => c);
      const view = (code: string) => {
        const document = rulebook.documents.get(code);
        return document ? [documentView(document, ofDocument(code), binds(code), living(code))] : [];
      };
      return { items: shown.items.flatMap(view), nextCursor: shown.nextCursor };
    },
  });

  const oneDocument = read({
    path: '/rulebook-documents/:code',
    title: text('文件逐条', 'One document, article by article'),
    by: anyone(),
    params: z.object({ code: Code }),
    query: z.object({}),
    output: DocumentView.omit({ articles: true }).extend({
      articles: z.array(ArticleView),
      adoptions: z.array(AdoptionView),
    }),
    run: async ({ db, params, at }) => {
      const document = rulebook.documents.get(params.code);
      if (!document) throw notFound();
      const own = ofDocument(document.code);
      const { all, living, binds } = await force(db, at);
      const binding = binds(document.code);
      return {
        ...documentView(document, own, binding, living(document.code)),
        articles: own.map((r) => articleView(rulebook, r, binding)),
        adoptions: all.filter((a) => a.document === document.code).map(adoptionView),
      };
    },
  });

  return [rules, allCoverage, oneRule, documents, oneDocument];
}

function matches(rulebook: Rulebook, row: Coverage, { document, group, tier, status, q }: Filter): boolean {
  if (document && row.document.code !== document) return false;
  if (group && row.document.group !== group) return false;
  if (tier && row.article.tier !== tier) return false;
  if (status && row.status !== status) return false;
  if (!q) return true;
  const { article } = row;
  const words = [article.id, rulebook.cite(article.id), article.zh, article.requirement, rulebook.actor(article)?.zh];
  const titles = row.guards.flatMap((g) => [g.rule.title.zh, g.rule.title.en]);
  const wanted = q.toLowerCase();
  return [...words, ...titles].some((w) => w?.toLowerCase().includes(wanted));
}
