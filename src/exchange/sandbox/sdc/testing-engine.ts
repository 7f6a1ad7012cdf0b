import { createHash } from 'node:crypto';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { GuardedCell, Measure } from '../cells.ts';
import type { GrantPolicy } from '../policy.ts';
import { exactAnswer } from './exact.ts';
import type { Family } from './judge.ts';
import type { ToldShape } from './ledger.ts';
import { type DisclosureNumbers, numbersAt } from './parameters.ts';
import { predicateOf } from './predicate.ts';
import { guardedCells, type Row } from './testing.ts';
import type { AskedQuery, Classify, Compare, Predicate, QueryShape, ReleasedRow } from './types.ts';

/** A condition of WHERE, by the text that stands for it. */
export type Filters = Readonly<Record<string, (row: Row) => boolean>>;

export const POLICY: GrantPolicy = {
  lanes: ['interactive'],
  entityKey: 'id',
  personal: true,
  columns: [{ name: 'id', uses: [] }],
  k: 4,
  dominancePermille: 1_000,
  ratioPermille: 0,
  privacy: { kind: 'exact' },
  cellsMax: 100_000,
  usesMax: 100_000,
  codeHashes: null,
};
const DATASET = 'people';
const GROUP = /^g(\d+)$/;

export function askedQuery(
  groups: readonly number[],
  measures: readonly Measure[],
  filter: readonly string[] = [],
  fixed: readonly (readonly [string, Value])[] = [],
): AskedQuery {
  const query = {
    source: DATASET,
    datasets: [DATASET],
    filter: [...filter].sort(),
    fixed,
    groups: groups.map((g) => ({ expression: `g${g}`, domain: null })),
    measures,
  };
  return { ...query, fingerprint: createHash('sha256').update(JSON.stringify(query)).digest('hex') };
}

/** An exchange of one table in memory: group columns are `g0`, `g1`, …; its ledger is a list. */
export class SmallExchange {
  readonly told: { readonly predicate: Predicate; readonly family: Family; readonly value: number }[] = [];
  readonly #history: { readonly family: Family; readonly shape: ToldShape }[] = [];
  readonly #rows: readonly Row[];
  readonly #filters: Filters;
  readonly #policy: GrantPolicy;
  readonly #numbers: DisclosureNumbers;

  constructor(rows: readonly Row[], filters: Filters, policy: GrantPolicy, numbers: Partial<DisclosureNumbers> = {}) {
    this.#rows = rows;
    this.#filters = filters;
    this.#policy = policy;
    this.#numbers = { ...numbersAt(new Date('2026-11-26T04:00:00Z')), ...numbers };
  }

  async ask(
    groups: readonly number[],
    measures: readonly Measure[],
    filter: readonly string[] = [],
    fixed: readonly (readonly [string, Value])[] = [],
  ): Promise<readonly ReleasedRow[]> {
    const query = askedQuery(groups, measures, filter, fixed);
    const shape: QueryShape = { ...query, groups: query.groups.map((g) => g.expression) };
    const cells = this.cells(query);
    const answer = await exactAnswer(cells, {
      query,
      policies: [this.#policy],
      numbers: this.#numbers,
      compare: this.compare,
      classify: this.classify,
      history: async (_, family) => this.#history.filter((h) => h.family === family).map((h) => h.shape),
      cellsLeft: this.#policy.cellsMax,
    });
    for (const { family, cells: told } of answer.told) this.#history.push({ family, shape: { shape, cells: told } });
    for (const row of answer.rows)
      row.values.forEach((value, i) => {
        const measure = measures[i];
        if (value !== null && measure !== undefined)
          this.told.push({ predicate: predicateOf(shape, row.key, 0), family: measure.argument, value });
      });
    return answer.rows;
  }

  cells({ groups, filter, fixed, measures }: AskedQuery): GuardedCell[] {
    const base = this.#rows.filter((row) => this.#in(row, { filter, keys: fixed }));
    const columns = groups.map((g) => Number(GROUP.exec(g.expression)?.[1]));
    return guardedCells(base, columns, measures);
  }

  /** Which rows a told number is of, as an attacker who knows every attribute would write it down. */
  covers(predicate: Predicate): number[] {
    return this.#rows.map((row) => Number(this.#in(row, predicate)));
  }

  #in(row: Row, { filter, keys }: Pick<Predicate, 'filter' | 'keys'>): boolean {
    return (
      filter.every((text) => this.#filters[text]?.(row) ?? false) &&
      keys.every(([expression, value]) => String(valueOfGroup(row, expression)) === String(value))
    );
  }

  readonly compare: Compare = async (pairs) =>
    pairs.map(({ a, b }) => {
      const between = this.#rows.filter((row) => this.#in(row, a) !== this.#in(row, b));
      return {
        entities: new Set(between.map((r) => r.entity)).size,
        contributing: new Set(between.filter((r) => r.amount !== 0).map((r) => r.entity)).size,
      };
    });

  readonly classify: Classify = async (_dataset, shapes, _argument, limit) => {
    const classes = new Map<string, Row[]>();
    for (const row of this.#rows) {
      const keys = shapes.map((shape) =>
        this.#in(row, { ...shape, keys: shape.fixed }) ? shape.groups.map((g) => valueOfGroup(row, g)) : null,
      );
      const id = JSON.stringify(keys);
      const known = classes.get(id);
      if (known) known.push(row);
      else classes.set(id, [row]);
    }
    if (classes.size > limit) return null;
    const counted = [...classes].map(([id, rows]) => ({
      keys: JSON.parse(id) as (Value[] | null)[],
      entities: new Set(rows.map((r) => r.entity)).size,
      contributing: new Set(rows.filter((r) => r.amount !== 0).map((r) => r.entity)).size,
    }));
    const people = new Set(this.#rows.map((r) => r.entity)).size;
    return { classes: counted, disjoint: counted.reduce((sum, c) => sum + c.entities, 0) === people };
  };
}

const valueOfGroup = (row: Row, expression: string): Value => row.groups[Number(GROUP.exec(expression)?.[1])] ?? null;
