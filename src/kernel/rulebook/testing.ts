import type { Act } from '../acts/index.ts';
import { coverage, guardsOf } from './coverage.ts';
import type { Rulebook, RulebookDocument } from './documents.ts';
import type { Dated, DatedValue, Params, Rule } from './rule.ts';

/** Rows of the ten source documents: none may be lost on the way to the coverage page. */
const SOURCE_ROWS = 465;

/**
 * The build-time tests that make “each enforced rule cites its article and is testable” true.
 * @returns one sentence for each problem; none when the rulebook holds
 */
export function checkRules(acts: readonly Act[], rulebook: Rulebook): string[] {
  const rules = [...guardsOf(acts).values()].flatMap((guards) => guards.map((g) => g.rule));
  return [
    ...rules.flatMap((rule) => checkRule(rule, rulebook)),
    ...[...rulebook.documents.values()].flatMap((document) => checkForce(document, rulebook)),
    ...checkCoverage(acts, rulebook),
  ];
}

/** A rule with its types hidden: examples are checked against the same facts they were typed with. */
function checkRule(rule: Rule<never>, rulebook: Rulebook): string[] {
  const say = (problem: string) => `${rule.id} “${rule.title.en}”: ${problem}`;
  const row = find(rule.id, rulebook);
  if (!row) return [say('is no row of the rulebook')];
  const problems: string[] = [];
  const { article } = row;
  if (article.notEncoded) problems.push(say('is encoded, yet its row says why it is not'));
  if (rule.effect === 'block' && article.tier === 'D') problems.push(say('blocks on a mere policy intent'));
  const outcomes = new Set(rule.examples.map((e) => e.expect));
  if (rule.effect === 'block' && !outcomes.has('ok')) problems.push(say('has no example that passes'));
  if (!outcomes.has('violated')) problems.push(say('has no example that violates it'));
  problems.push(...failing(rule).map((name) => say(`example “${name}” does not come out as said`)));
  if (failing(rule).length === 0) problems.push(...insensitive(rule).map(say));
  problems.push(...numbersIn(rule.source).map((n) => say(`holds the number ${n}; a number of the law is a parameter`)));
  return problems;
}

function find(id: string, rulebook: Rulebook) {
  try {
    return rulebook.article(id);
  } catch {
    return undefined;
  }
}

/** Names of the examples that do not come out as they say, under these parameters. */
function failing(rule: Rule<never>, params: Params = rule.params): string[] {
  const typed = rule as unknown as Rule<unknown>;
  return typed.examples
    .filter((e) => typed.evaluate(e.facts, new Date(e.at), params).decision.outcome !== e.expect)
    .map((e) => e.name);
}

/** A change of the law must be seen: each parameter, moved by its least step either way, makes an example fail. */
function insensitive(rule: Rule<never>): string[] {
  return Object.entries(rule.params).flatMap(([name, { values }]) =>
    values.flatMap((dated, index) => {
      const unseen = mutations(dated.value).filter((value) => {
        const moved: Dated<unknown> = { values: values.map((v, i) => (i === index ? { ...v, value } : v)) };
        return failing(rule, { ...rule.params, [name]: moved }).length === 0;
      });
      return unseen.map(
        (value) => `no example at the boundary of ${name} (${inWords(dated)} may become ${JSON.stringify(value)})`,
      );
    }),
  );
}

const inWords = (dated: DatedValue<unknown>) => `${JSON.stringify(dated.value)} from ${dated.from}`;

/** The nearest other values: one least digit up and down, the opposite, the list without one of its members. */
function mutations(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') {
    const decimals = (String(value).split('.')[1] ?? '').length;
    const step = 10 ** -decimals;
    return [Number((value + step).toFixed(decimals)), Number((value - step).toFixed(decimals))];
  }
  if (Array.isArray(value)) return [[]];
  return [];
}

/** Numeric literals other than 0 and 1, outside strings, patterns and comments. */
export function numbersIn(source: string): string[] {
  return [...codeOnly(source).matchAll(/(?<![\w$.])(?:0[xob][\da-f]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?)n?/gi)]
    .map((m) => m[0])
    .filter((n) => n !== '0' && n !== '1');
}

/** After one of these a slash begins a pattern; elsewhere it divides. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};>]|\breturn)\s*$/;
const PATTERN = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/[a-z]*/y;

/** Strings, patterns and comments blanked; the expressions inside template strings stay. */
function codeOnly(source: string): string {
  let out = '';
  // Each open template string remembers how deep the braces stood where its expression began.
  const templates: number[] = [];
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const two = source.slice(i, i + 2);
    const c = source[i];
    if (two === '//' || two === '/*') {
      const end = source.indexOf(two === '//' ? '\n' : '*/', i + two.length);
      i = end < 0 ? source.length : two === '//' ? end : end + 1;
    } else if (c === "'" || c === '"') {
      for (i++; i < source.length && source[i] !== c; i++) if (source[i] === '\\') i++;
      out += ' ';
    } else if (c === '`' || (c === '}' && templates.at(-1) === depth)) {
      if (c === '}') templates.pop();
      for (i++; i < source.length && source[i] !== '`'; i++) {
        if (source[i] === '\\') i++;
        else if (source.startsWith('${', i)) {
          templates.push(depth);
          i++;
          break;
        }
      }
      out += ' ';
    } else if (c === '/' && BEFORE_PATTERN.test(out)) {
      PATTERN.lastIndex = i;
      i += (PATTERN.exec(source)?.[0].length ?? 1) - 1;
      out += ' ';
    } else {
      if (c === '{') depth++;
      if (c === '}') depth--;
      out += c;
    }
  }
  return out;
}

const DAY_MS = 86_400_000;
const NOON = 'T04:00:00Z';

/** A draft is without force until adopted; a document with dates is without force outside them. */
function checkForce(document: RulebookDocument, rulebook: Rulebook): string[] {
  const { code, status, validFrom, validTo } = document;
  const nobody: ReadonlySet<string> = new Set();
  const inside = new Date(`${validTo ?? validFrom ?? '2026-11-23'}${NOON}`);
  const problems: string[] = [];
  const binds = (at: Date, adopted = nobody) => rulebook.binds(code, adopted, at);
  if (status === 'draft' && binds(inside)) problems.push(`${code} is a draft and binds without adoption`);
  if (status === 'draft' && !binds(inside, new Set([code]))) problems.push(`${code} is adopted and does not bind`);
  if (status === 'no legal force' && binds(inside)) problems.push(`${code} has no legal force and binds`);
  if (status !== 'in force' && status !== 'house rules') return problems;
  if (!binds(inside)) problems.push(`${code} is in force and does not bind on ${inside.toISOString()}`);
  if (validFrom) {
    const first = new Date(`${validFrom}${NOON}`);
    if (!binds(first)) problems.push(`${code} does not bind on its first day`);
    if (binds(new Date(first.getTime() - DAY_MS))) problems.push(`${code} binds the day before it holds`);
  }
  if (validTo) {
    const last = new Date(`${validTo}${NOON}`);
    if (binds(new Date(last.getTime() + DAY_MS))) problems.push(`${code} binds the day after it ended`);
  }
  return problems;
}

function checkCoverage(acts: readonly Act[], rulebook: Rulebook): string[] {
  const rows = coverage(rulebook, acts);
  const problems: string[] = [];
  const sources = rows.filter((r) => r.document.group === 'source');
  if (sources.length !== SOURCE_ROWS) problems.push(`coverage has ${sources.length} source rows, not ${SOURCE_ROWS}`);
  if (new Set(rows.map((r) => r.article.id)).size !== rows.length) problems.push('an id stands twice in the coverage');
  for (const { article, document, status, reason } of rows) {
    if (!article.id.startsWith(`${document.code}-`)) problems.push(`${article.id} stands in ${document.code}`);
    if (status === 'not-encoded' && !reason) problems.push(`${article.id} is not encoded and says no reason`);
    if (document.group === 'source' && article.tier === 'D' && status === 'open')
      problems.push(`${article.id} is policy intent: it needs a reason`);
  }
  return problems;
}
