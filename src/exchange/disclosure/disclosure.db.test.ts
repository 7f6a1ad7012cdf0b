import { strFromU8, unzipSync } from 'fflate';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { sha256Hex } from '../../kernel/evidence/index.ts';
import { beijingDay, loadRulebook } from '../../kernel/rulebook/index.ts';
import { platform } from '../../platform.ts';
import { testOperation } from '../authorisation/testing.ts';
import { ANONYMOUS, refusedKind, rulesOf } from '../testing.ts';
import { disclosurePack } from './index.ts';

const house = platform(loadRulebook());
type Party = Actor & { readonly partyId: string };
const YEAR = 2025;
let o: Awaited<ReturnType<typeof testOperation>>;
let operator: Party;
let agreementId: string;
let caseId: string;

const refused = async (name: string, actor: Actor, input: unknown) => o.refusal(o.act(name), actor, input);

beforeAll(async () => {
  o = await testOperation(house);
  operator = await o.party('示例数据<运营>公司', ['operating-unit']);
  const resourceId = await o.resource('line,day,passengers\n1,2025-01-01,100\n', { title: '=地铁客流' });
  ({ agreementId, caseId } = await o.agreement(operator, [resourceId]));
  await o.grant(operator, o.scenario(agreementId, resourceId));
  // As if it had been signed early in the year that is disclosed.
  await sql`update operation_agreement set valid_from = '2025-02-01', valid_until = '2028-02-01' where id = ${agreementId}`.execute(
    o.db,
  );
  await sql`update resource_authorisation set granted_at = '2025-03-01'`.execute(o.db);
});
afterAll(() => o?.end());

it('is refused with a precise list while facts are missing, and for whom or when there is nothing to tell', async () => {
  const missing = await refused('disclosure.publish', operator, { year: YEAR });
  expect(rulesOf(missing)).toEqual(['PDN-2.2']);
  expect(missing.violations[0]?.fact.zh).toBe(
    `披露内容尚不完整：没有登记法定代表人或者主要负责人；年度内没有提交运营安全报告（${agreementId}）。`,
  );
  const unfiled = await refused('disclosure.publish', o.authority, { year: YEAR });
  expect(rulesOf(unfiled)).toEqual(['PDN-2.1']);
  expect(unfiled.violations[0]?.fact.zh).toContain('的授权尚未备案');
  expect(rulesOf(await refused('disclosure.publish', o.provider, { year: YEAR }))).toEqual(['HS-17.9']);
  expect(rulesOf(await refused('disclosure.publish', operator, { year: new Date().getUTCFullYear() }))).toContain(
    'HS-17.9',
  );
  expect(await o.look('/disclosure-drafts', operator, {}, { year: YEAR })).toMatchObject({
    missing: [{ zh: '没有登记法定代表人或者主要负责人' }, { zh: `年度内没有提交运营安全报告（${agreementId}）` }],
    document: { operating: { resources: [{ title: '=地铁客流', purposes: ['客流指数产品'] }] } },
  });
});

it('is published by both sides once it is complete, for anybody to read and to check, and corrected only by another', async () => {
  await sql`update party set legal_representative = '示例负责人'`.execute(o.db);
  await o.run('authorisation.file', o.authority, { agreementId, filingNumber: '备〔2025〕1号' });
  await o.run('authorisation.report-security', operator, {
    agreementId,
    summary: '正常',
    incidents: 0,
    trainings: 2,
    drills: 1,
  });
  for (const kind of ['training', 'training', 'drill'])
    await o.run('training.record', operator, {
      agreementId,
      kind,
      heldOn: beijingDay(new Date()),
      topic: '数据安全',
      participants: 12,
    });
  await sql`update security_report set reported_at = '2025-08-01'`.execute(o.db);
  await sql`update security_training set held_on = '2025-08-01'`.execute(o.db);
  expect(caseId).toBeTruthy();

  const theirs = await o.run('disclosure.publish', o.authority, { year: YEAR });
  const own = await o.run('disclosure.publish', operator, { year: YEAR });
  expect(rulesOf(await refused('disclosure.publish', operator, { year: YEAR }))).toEqual(['HS-17.10']);
  const shown = await o.look('/disclosures/:disclosureId', ANONYMOUS, { disclosureId: own.disclosureId });
  expect(shown).toMatchObject({
    year: YEAR,
    version: 1,
    document: {
      implementing: null,
      operating: {
        authorisations: [{ filingNumber: '备〔2025〕1号' }],
        operation: { securityReports: 1, trainings: 2, drills: 1, orders: 0, revenue: { amountFen: '0' } },
      },
    },
  });
  expect(await o.look('/disclosures/:disclosureId', ANONYMOUS, { disclosureId: theirs.disclosureId })).toMatchObject({
    document: { operating: null, implementing: { authorisations: [{ operator: { id: operator.partyId } }], caps: [] } },
  });
  expect(((await o.look('/disclosures', ANONYMOUS, {}, { year: YEAR })) as { items: unknown[] }).items).toHaveLength(2);

  await sql`insert into governance_demand (id, agreement_id, case_id, resource_id, problem, raised_at)
    select 'gvd_test', ${agreementId}, case_id, resource_ids[1], '缺数据', '2025-09-01' from operation_agreement`.execute(
    o.db,
  );
  expect(await o.run('disclosure.publish', operator, { year: YEAR })).toMatchObject({ version: 2 });
});

it('comes as a pack: the document word for word, a page, tables that no spreadsheet runs, and receipts', async () => {
  const { items } = (await o.look('/disclosures', ANONYMOUS, {}, { party: operator.partyId })) as unknown as {
    items: { id: string; sha256: string; receiptId: string }[];
  };
  const [newest] = items;
  const { name, zip } = await disclosurePack(o.db, newest?.id ?? '');
  expect(name).toMatch(/^2025-pty_.*-v2\.zip$/);
  const files = unzipSync(zip);
  const read = (path: string) => strFromU8(files[path] ?? new Uint8Array());
  expect(sha256Hex(read('disclosure.json'))).toBe(newest?.sha256);
  expect(read(`receipts/${newest?.receiptId}.json`)).toContain(`sha256:${newest?.sha256}`);
  expect(read('tables/resources.csv')).toContain("\r\n'=地铁客流,");
  expect(read('disclosure.html')).toContain('示例数据&#60;运营&#62;公司');
  expect(read('README.txt')).toContain(newest?.sha256 ?? 'nothing');
  expect(Object.keys(files).filter((f) => f.startsWith('tables/'))).toHaveLength(6);
  expect(await refusedKind(disclosurePack(o.db, `dsc_${'0'.repeat(26)}`))).toBe('not-found');
});
