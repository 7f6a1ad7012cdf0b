import { expect, it } from 'vitest';
import { loadRulebook } from '../../../kernel/rulebook/index.ts';
import { platform } from '../../../platform.ts';

/** The six functions the operation platform must have (JN-13.2), and the acts and reads by which it has them. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  数据申请: ['scenario.ask', 'scenario.approve', '/scenarios'],
  产品加工: ['product.draft', 'product.record-build', '/products/:productId'],
  交易撮合: ['demand.publish', 'order.place', 'contract.sign', '/demands'],
  产品交付: ['delivery.deliver', 'delivery.create-link', '/deliveries'],
  安全管理: ['authorisation.report-security', 'authorisation.suspend', 'training.record', '/security-norms'],
  监管溯源: ['product.suspend', '/alerts', '/agreements/:agreementId/work-log'],
};

it.each(Object.entries(FUNCTIONS))('%s is there', (_name, needed) => {
  const { acts, reads } = platform(loadRulebook());
  const offered = new Set([...acts.map((a) => a.name), ...reads.map((r) => r.path)]);
  expect(needed.filter((n) => !offered.has(n))).toEqual([]);
});
