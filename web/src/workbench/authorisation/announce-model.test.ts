import { expect, it } from 'vitest';
import type { ResourceSummary } from '../../api.ts';
import { type AnnounceValues, inputOf, missingOf, pointsOf } from './announce-model.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
const complete: AnnounceValues = {
  mode: 'field',
  title: '交通数据授权运营',
  scope: '客流',
  conditions: '具备安全能力',
  requirements: '按月更新',
  until: '2026-12-10',
  resources: [{ id: 'res_1', title: '客流' } as ResourceSummary],
  criteria: [
    { key: 1, title: '方案', weight: '60' },
    { key: 2, title: '能力', weight: '40' },
  ],
  passScore: '60',
  authorityId: 'pty_1',
  interests: ['state-secrets'],
  protection: '已脱敏',
};

it('finds nothing missing in a complete announcement, and makes the input of the act', () => {
  expect(missingOf(complete, NOW)).toEqual([]);
  expect(inputOf(complete)).toMatchObject({
    applyUntil: '2026-12-10T23:59:59+08:00',
    resourceIds: ['res_1'],
    interests: ['state-secrets'],
    protection: '已脱敏',
    criteria: [
      { title: '方案', weight: 60 },
      { title: '能力', weight: 40 },
    ],
  });
});

it.each([
  ['title', { title: ' ' }],
  ['resources', { resources: [] }],
  ['passScore', { passScore: '101' }],
  ['passScore', { passScore: '6.5' }],
  ['until', { until: '2026-11-25' }],
  ['criteria', { criteria: [{ key: 1, title: '方案', weight: '99' }] }],
  ['criteria', { criteria: [{ key: 1, title: '', weight: '100' }] }],
  [
    'criteria',
    {
      criteria: [
        { key: 1, title: '方案', weight: '100' },
        { key: 2, title: '能力', weight: '0' },
      ],
    },
  ],
])('asks for %s', (name, change) => {
  expect(missingOf({ ...complete, ...change }, NOW)).toEqual([name]);
});

it('counts only whole points', () => {
  expect(pointsOf([{ key: 1, title: 'a', weight: '60' }])).toBe(60);
  expect(
    pointsOf([
      { key: 1, title: 'a', weight: 'x' },
      { key: 2, title: 'b', weight: '-5' },
    ]),
  ).toBe(0);
});
