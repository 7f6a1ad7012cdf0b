import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../api-types.ts';
import { kindOf, toForm, toInput } from './values.ts';

const MONEY: JsonSchema = {
  type: 'object',
  properties: { amountFen: { type: 'string' }, currency: { type: 'string', const: 'CNY' } },
};
const schema: JsonSchema = {
  type: 'object',
  required: ['title', 'budget', 'price', 'until'],
  properties: {
    title: { type: 'string' },
    note: { type: 'string' },
    budget: { anyOf: [MONEY, { type: 'null' }], default: null },
    price: MONEY,
    until: { type: 'string', format: 'date-time' },
    coverage: { type: 'object', properties: { region: { type: 'string' }, from: { type: 'string', format: 'date' } } },
    shares: { type: 'array', items: { type: 'object', properties: { partyId: { type: 'string' }, amount: MONEY } } },
  },
};

describe('values of a form', () => {
  it('tells the kinds of fields apart', () => {
    const kinds = Object.entries(schema.properties ?? {}).map(([name, s]) => kindOf(name, s));
    expect(kinds).toEqual(['text', 'text', 'money', 'money', 'moment', 'group', 'rows']);
    expect(kindOf('password', { type: 'string', maxLength: 500 })).toBe('secret');
    expect(kindOf('current', { type: 'string', maxLength: 256, format: 'password' })).toBe('secret');
    expect(kindOf('reason', { type: 'string' })).toBe('long-text');
    expect(kindOf('roles', { type: 'array', items: { type: 'string', enum: ['a'] } })).toBe('choices');
  });

  it('come back as they went in', () => {
    const input = {
      title: 'x',
      budget: { amountFen: '3000000', currency: 'CNY' },
      price: { amountFen: '5', currency: 'CNY' },
      until: '2026-12-01T10:00:00.000Z',
      coverage: { region: '全市', from: '2026-01-31' },
      shares: [{ partyId: 'pty_1', amount: { amountFen: '120', currency: 'CNY' } }],
    };
    expect(toInput(schema, toForm(schema, input))).toEqual(input);
  });

  it('takes a time as the clock of Beijing says it, in any time zone', () => {
    const shown = toForm(schema, { until: '2026-12-01T10:00:00.000Z' }) as { until: { format: (f: string) => string } };
    expect(shown.until.format('YYYY-MM-DD HH:mm')).toBe('2026-12-01 18:00');
  });

  it('leaves out what is empty, and says null where the act wants to hear it', () => {
    expect(toInput(schema, { title: 'x', note: '', coverage: {} })).toEqual({ title: 'x', budget: null });
  });
});
