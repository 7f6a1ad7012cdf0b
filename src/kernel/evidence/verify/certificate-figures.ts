import type { ProvenItem } from './certificate.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Text } from './text.ts';

/**
 * A data asset certificate states counts, dates and sums. Each says by which events it is reckoned, so they are reckoned
 * again here: counts and dates from the proven entries, sums from the amounts whose commitments the evidence opens.
 */
export function checkFigures(content: JsonObject, proofs: ReadonlyMap<string, ProvenItem>): Text | undefined {
  const { asset, events } = content;
  if (asset === undefined || asset === null) return undefined;
  if (!isObject(asset) || !Array.isArray(asset.counts) || !Array.isArray(asset.sums) || !Array.isArray(events))
    return { zh: '资产数据的格式不符。', en: 'The figures are not in the right form.' };
  const items = events.flatMap((e) => proofs.get(String((e as JsonObject | null)?.receiptId)) ?? []);
  for (const count of asset.counts) if (!countFits(count, items)) return differs(count);
  for (const sum of asset.sums) if (!sumFits(sum, items)) return differs(sum);
  return undefined;
}

function differs(figure: unknown): Text {
  const title = isObject(figure) && isObject(figure.title) ? figure.title : {};
  return {
    zh: `“${String(title.zh)}”与存证算出的不符。`,
    en: `“${String(title.en)}” is not what the evidence adds up to.`,
  };
}

function countFits(figure: unknown, items: readonly ProvenItem[]): boolean {
  if (!isObject(figure) || !Array.isArray(figure.acts) || !isObject(figure.where ?? {})) return false;
  const { acts, where = {} } = figure;
  const counted = ({ parsed, opened }: ProvenItem) =>
    (acts as unknown[]).includes(parsed.act) &&
    Object.entries(where as JsonObject).every(([name, value]) => opened[name]?.value === value);
  const times = items.flatMap((item) => (counted(item) ? item.parsed.at : [])).sort();
  return figure.count === times.length && figure.first === (times[0] ?? null) && figure.last === (times.at(-1) ?? null);
}

/** `field` names the sealed amount; for a list of legs, `party` says whose (null: the exchange's). */
function sumFits(figure: unknown, items: readonly ProvenItem[]): boolean {
  if (!isObject(figure) || typeof figure.field !== 'string' || !isObject(figure.amount)) return false;
  let sum = 0n;
  for (const { parsed, opened } of items) {
    if (parsed.act !== figure.act) continue;
    const amount = amountIn(opened[figure.field]?.value, figure.party);
    if (amount === undefined) return false;
    sum += amount;
  }
  return figure.amount.currency === 'CNY' && figure.amount.amountFen === sum.toString();
}

function amountIn(value: unknown, party: unknown): bigint | undefined {
  if (!Array.isArray(value)) return fenOf(value);
  let sum = 0n;
  for (const leg of value) {
    const amount = fenOf(leg);
    if (amount === undefined) return undefined;
    if ((leg as JsonObject).partyId === party) sum += amount;
  }
  return sum;
}

const fenOf = (value: unknown): bigint | undefined =>
  isObject(value) && /^\d{1,18}$/.test(String(value.amountFen)) ? BigInt(String(value.amountFen)) : undefined;
