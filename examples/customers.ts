import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Size } from './data.ts';

const DAY_MS = 86_400_000;
/** Made-up people in the sample. */
const CUSTOMERS = { full: 20_000, small: 2_000 } as const;

/** A small generator with a fixed seed (mulberry32): the same made-up people in every sample. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const CITIES = [
  ['济南', 30],
  ['青岛', 28],
  ['烟台', 14],
  ['潍坊', 12],
  ['临沂', 9],
  ['威海', 5],
  ['日照', 2],
] as const;
export const LEVELS = ['普通', '银卡', '金卡', '白金'] as const;

const field = (name: string, titleZh: string, titleEn: string, sensitive = false, unit?: string) => ({
  ...{ name, titleZh, titleEn, sensitive },
  ...(unit === undefined ? {} : { unit }),
});

/** 合成数据: people who do not exist, for showing and attacking the sandbox. Nobody is behind any row. */
export const CUSTOMER_COLUMNS = [
  field('customer_id', '客户编号（合成）', 'Customer number (synthetic)', true),
  field('gender', '性别', 'Gender'),
  field('age', '年龄', 'Age', false, '岁'),
  field('city', '城市', 'City'),
  field('level', '会员等级', 'Level'),
  field('joined', '入会日期', 'Joined on'),
  field('month', '消费月份', 'Month of the purchases'),
  field('orders', '订单数', 'Orders', false, '笔'),
  field('spent', '消费金额', 'Amount spent', false, '元'),
  field('overdue', '有逾期记录（1 为有）', 'Has overdue payments (1: yes)', true),
];

/** Each made-up person has one to three rows, a month each: whoever counts rows counts people wrongly. */
export async function customerTable(folder: string, size: Size): Promise<string> {
  const roll = dice(20_261_126);
  const pick = <T>(weighted: readonly (readonly [T, number])[]): T => {
    let left = roll() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of weighted) {
      left -= weight;
      if (left < 0) return value;
    }
    return (weighted.at(-1) as readonly [T, number])[0];
  };
  const lines: string[] = [];
  for (let n = 1; n <= CUSTOMERS[size]; n++) {
    const age = 18 + Math.floor((roll() + roll()) * 31);
    const level = LEVELS[Math.min(3, Math.floor(roll() * roll() * 5))] ?? LEVELS[0];
    const joined = new Date(Date.UTC(2018, 0, 1) + Math.floor(roll() * 2_500) * DAY_MS).toISOString().slice(0, 10);
    const overdue = roll() < 0.06;
    const person = [`SYN${String(n).padStart(6, '0')}`, roll() < 0.52 ? '女' : '男', age, pick(CITIES), level, joined];
    const generous = Math.exp((roll() + roll() + roll()) * 1.6);
    const months = 1 + Math.floor(roll() * 3);
    for (let m = 1; m <= months; m++) {
      const orders = 1 + Math.floor(roll() * roll() * 12);
      lines.push([...person, `2026-0${m}`, orders, (orders * generous * 40).toFixed(2), overdue ? 1 : 0].join(','));
    }
  }
  const path = join(folder, 'customers.csv');
  await writeFile(path, `${CUSTOMER_COLUMNS.map((c) => c.name).join(',')}\n${lines.join('\n')}\n`);
  return path;
}
