import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { doJob, ingestBytes } from '../tables/testing.ts';
import { removeTestFolders, testFolder } from '../testing.ts';
import * as check from './checks.ts';
import { mask } from './masks.ts';
import { checkName } from './names.ts';

afterAll(removeTestFolders);

describe('what a value is', () => {
  test('identity numbers: the examples of GB 11643, and what is wrong with others', () => {
    // GB 11643-1999, the standard's own examples.
    expect(check.isIdentityNumber('11010519491231002X')).toBe(true);
    expect(check.isIdentityNumber('440524188001010014')).toBe(false);
    expect(check.isIdentityNumber('11010519491231002x')).toBe(true);
    for (const wrong of [
      '110105194912310021',
      '110105194913310029',
      '990105194912310020',
      '110100194912310020',
      '11010519491231002',
    ])
      expect([wrong, check.isIdentityNumber(wrong)]).toEqual([wrong, false]);
    expect(check.isIdentityNumber('11010519491231002X', new Date('1949-12-30'))).toBe(false);
  });

  test('cards need an issuer and Luhn, mobiles a segment, plates their letters', () => {
    // The usual test number of a card scheme, and the same with its last digit changed.
    expect([check.isBankCard('4111 1111 1111 1111'), check.isBankCard('4111111111111112')]).toEqual([true, false]);
    expect(check.passesLuhn('79927398713')).toBe(true);
    expect(check.isBankCard('79927398713')).toBe(false);
    expect(['13800138000', '+86 138-0013-8000', '10000000001', '15412345678'].map(check.isMobile)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(['鲁A12345', '京AD12345', '粤B12345F', '鲁AO1234', '鲁A1234'].map(check.isPlate)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('addresses go down to a door, names begin with a surname, coordinates are fine enough', () => {
    expect(['济南市历下区经十路17703号', '历下区经十路', '地铁1号线', '幸福小区3栋201'].map(check.isAddress)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(['欧阳修', '屠呦呦', '张三'].map((n) => checkName(n).loose)).toEqual([true, true, true]);
    expect(['高新区', '安丘市', '石家庄', '红色'].map((n) => checkName(n).strict)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['117.0009,36.6758', '1.5,900.25', '12.5,13.5'].map(check.isCoordinatePair)).toEqual([true, false, false]);
  });

  test('samples tell the kind, not the person', () => {
    expect(mask('identity-number', '11010519491231002X')).toBe('11************X');
    expect(mask('mobile', '13800138000')).toBe('138*******0');
    expect(mask('name', '欧阳修')).toBe('欧**');
    expect(mask('email', 'zhangsan@example.org')).toBe('z***@***.org');
    expect(mask('plate', '鲁A12345')).toBe('鲁A*****');
  });
});

test('a table is searched to its last row: one number among twenty thousand texts is found, and only its mask comes back', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i},139000${String(i).padStart(5, '0')},办件${i}已办结,${i}`);
  rows[17_421] = '17421,13900017421,当事人身份证11010519491231002X已核对,1';
  const { path } = await ingestBytes(`序号,手机号,备注,数量\n${rows.join('\n')}\n`);
  const { findings } = await doJob({ kind: 'inspect', path });
  expect(findings.map((f) => [f.column, f.kind, f.strength, f.matches, f.within])).toEqual([
    ['手机号', 'mobile', 'certain', 20_000, false],
    ['备注', 'identity-number', 'certain', 1, true],
  ]);
  expect(JSON.stringify(findings)).not.toContain('11010519491231002X');
});

test('masked values are told by the name of their column alone; order numbers and versions are nothing', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'x'), '');
  const lines = Array.from(
    { length: 50 },
    (_, i) => `138****${1000 + i},2026112600${i}12345678,1.2.${i}.0,62220212345678${i + 10}`,
  );
  const { path } = await ingestBytes(`手机号,订单号,版本,value\n${lines.join('\n')}\n`);
  const { findings } = await doJob({ kind: 'inspect', path });
  expect(findings.map((f) => [f.column, f.kind, f.strength])).toEqual([['手机号', 'mobile', 'masked']]);
});
