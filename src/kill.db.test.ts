import { expect, it } from 'vitest';
import { runKills } from '../conformance/kill/run.ts';

const KILLS = 3;

it('loses, doubles and leaves unproven nothing when it is killed while parties trade', {
  timeout: 180_000,
}, async () => {
  const said: string[] = [];
  const report = await runKills({ kills: KILLS, fromSources: true, say: (line) => said.push(line) });
  expect(report.kills, said.join('\n')).toBe(KILLS);
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.receipts).toBe(report.acts);
});
