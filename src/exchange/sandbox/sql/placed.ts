import type { ColumnType, Cell as Value } from '../../../kernel/vault/index.ts';
import type { GrantedTable } from '../policy.ts';
import { typeOfExpression } from './asked.ts';
import { numeralSql, quoteName, quoteText, writer } from './generate.ts';
import { columnNamed, sumsFit, valueSql } from './guarded.ts';
import { type NamedRows, readExpressionName, readPredicateName, readSourceName } from './names.ts';
import { ENTITY_COLUMN } from './scope.ts';
import type { Expression } from './types.ts';

/** A data set where a session can read it: with every column that its history names, not only the granted ones. */
export interface Placed {
  readonly dataset: string;
  readonly table: GrantedTable;
  /** Name its file is attached under. */
  readonly attached: string;
}

/** Tables under the names of their data sets, as the ledger's names have them. */
export const underDatasets = (placed: readonly Placed[]): GrantedTable[] =>
  placed.map(({ dataset, table }) => ({ ...table, alias: dataset }));

/** SQL over the data sets that are placed. Anything that cannot be told with them throws. */
export class PlacedSql {
  readonly #placed: readonly Placed[];
  readonly #tables: readonly GrantedTable[];
  readonly #write: ReturnType<typeof writer>;

  constructor(placed: readonly Placed[]) {
    this.#placed = placed;
    this.#tables = underDatasets(placed);
    this.#write = writer(this.#tables);
  }

  from(source: string): string {
    const { datasets, joins } = readSourceName(source);
    const tables = datasets.map((dataset) => {
      const found = this.#placed.find((one) => one.dataset === dataset);
      if (found === undefined) throw new TypeError('a data set of the history is not placed');
      return `${quoteName(found.attached)}."main"."data" AS ${quoteName(dataset)}`;
    });
    const on = joins.map(({ left, right }) => `${this.#write.column(left)} = ${this.#write.column(right)}`);
    return `FROM ${tables.join(', ')}${on.length === 0 ? '' : ` WHERE ${on.join(' AND ')}`}`;
  }

  datasetsOf(source: string): readonly string[] {
    return readSourceName(source).datasets;
  }

  /** True for the rows meant, false for all others: nothing is left unknown. */
  within({ filter, keys }: Pick<NamedRows, 'filter' | 'keys'>): string {
    const parts = [
      ...filter.map((name) => this.#write.predicate(readPredicateName(name))),
      ...keys.map(([name, value]) => this.#equals(readExpressionName(name), value)),
    ];
    return parts.length === 0 ? 'TRUE' : `coalesce(${parts.map((sql) => `(${sql})`).join(' AND ')}, FALSE)`;
  }

  expression(name: string): { readonly sql: string; readonly type: ReturnType<typeof typeOfExpression> } {
    const of = readExpressionName(name);
    return { sql: this.#write.expression(of), type: typeOfExpression(of, this.#tables) };
  }

  entity = (dataset: string): string => `${quoteName(dataset)}.${quoteName(ENTITY_COLUMN)}`;

  rowsAreEntities(dataset: string): boolean {
    return this.#tables.find(({ alias }) => alias === dataset)?.policy.entityKey === null;
  }

  /** What a row adds to the argument: its clamped value, or one where the argument is rows. */
  contribution(argument: string | null): { readonly sql: string; readonly dataset: string | null } {
    if (argument === null) return { sql: '1', dataset: null };
    const ref = columnNamed(argument, this.#tables);
    const type = this.#tables
      .find(({ alias }) => alias === ref.table)
      ?.columns.find(({ name }) => name === ref.column)?.type;
    const summed = type === 'integer' || type === 'decimal' || type === 'double';
    const sql = this.#write.column(ref);
    if (!summed) return { sql: `CASE WHEN ${sql} IS NOT NULL THEN 1 END`, dataset: ref.table };
    return { sql: valueSql({ ...ref, name: argument, summed }, this.#tables, sql), dataset: ref.table };
  }

  /** Whether sums of it are whole numbers that eight bytes hold, whatever the rows. */
  sumsFit(argument: string | null): boolean {
    return argument === null || sumsFit({ ...columnNamed(argument, this.#tables), summed: true }, this.#tables);
  }

  #equals(of: Expression, value: Value): string {
    const sql = this.#write.expression(of);
    return value === null ? `${sql} IS NULL` : `${sql} = ${keyLiteral(value, typeOfExpression(of, this.#tables))}`;
  }
}

const NUMBERS = /^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$|^NaN$/;

/** A key of a cell, which may be longer or more exact than the constants people write. */
function keyLiteral(value: Exclude<Value, null>, type: ColumnType): string {
  const text = String(value);
  switch (type) {
    case 'text':
      return quoteText(text);
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE';
    case 'integer':
    case 'decimal':
      return numeralSql(text);
    case 'double':
      if (!NUMBERS.test(text)) throw new TypeError('not a number');
      return `CAST(${quoteText(text)} AS DOUBLE)`;
    case 'date':
      return `CAST(${quoteText(text)} AS DATE)`;
    case 'timestamp':
    case 'instant':
      return `CAST(${quoteText(text.replace('T', ' ').replace(/Z$/, ''))} AS TIMESTAMP)`;
  }
}
