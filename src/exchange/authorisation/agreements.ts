import { randomBytes } from 'node:crypto';
import { alsoAbout } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beijingDay, dated, valueAt } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { getParty } from '../parties/index.ts';
import type { Agreement, Announcement, Application, Clause } from './model.ts';
import { TIMES } from './procedure.ts';
import { getAnnouncement } from './store.ts';

/** How long an agreement runs unless the authorising unit drafts another term; never longer than the rule on terms allows. */
const TERM_MONTHS = dated({ from: '2020-01-01', value: 36, unit: 'month', reference: 'HS-17.1' });

/** What both sign is known by this hash; a salt keeps it from being guessed from the log, and stands beside the words. */
const hashOfClauses = (clauses: Readonly<Record<string, Text>>, salt: string): string =>
  sha256Hex(`${salt}\n${canonical(clauses)}`);

/** The words of an agreement as they are kept: with their hash, and the salt that makes it again. */
export function keptClauses(clauses: Readonly<Record<string, Text>>) {
  const salt = randomBytes(16).toString('hex');
  return { clauses: JSON.stringify(clauses), clauses_salt: salt, clauses_hash: hashOfClauses(clauses, salt) };
}

/** The agreement with the six clauses of Jinan's article 9, generated from announcement and application. */
export async function draftAgreement(
  tx: Tx,
  application: Application,
  announcement: Announcement,
  at: Date,
): Promise<string> {
  const operator = await getParty(tx, application.party_id);
  const authoriser = await getParty(tx, announcement.authoriser_id);
  const validUntil = monthsAfter(at, valueAt(TERM_MONTHS, at).value);
  const clauses = clausesOf(announcement, operator?.name ?? '', authoriser?.name ?? '', at, validUntil);
  const id = newId('agr');
  await tx
    .insertInto('operation_agreement')
    .values({
      id,
      application_id: application.id,
      case_id: application.case_id,
      mode: announcement.mode,
      authoriser_id: announcement.authoriser_id,
      operator_id: application.party_id,
      resource_ids: announcement.resource_ids,
      ...keptClauses(clauses),
      valid_from: at,
      valid_until: validUntil,
      drafted_at: at,
      authoriser_signed_at: null,
      operator_signed_at: null,
      filed_at: null,
      filing_number: null,
      ended_at: null,
      ended_reason: null,
    })
    .execute();
  await alsoAbout(tx, application.case_id, id);
  return id;
}

/** Writes an agreement nobody signed anew, for another term from this moment on: other words, so another hash to sign. */
export async function redraftAgreement(tx: Tx, agreement: Agreement, months: number, at: Date): Promise<void> {
  const { announcement_id } = await tx
    .selectFrom('operation_application')
    .select('announcement_id')
    .where('id', '=', agreement.application_id)
    .executeTakeFirstOrThrow();
  const operator = await getParty(tx, agreement.operator_id);
  const authoriser = await getParty(tx, agreement.authoriser_id);
  const announcement = await getAnnouncement(tx, announcement_id);
  const validUntil = monthsAfter(at, months);
  const clauses = clausesOf(announcement, operator?.name ?? '', authoriser?.name ?? '', at, validUntil);
  await tx
    .updateTable('operation_agreement')
    .set({
      ...keptClauses(clauses),
      valid_from: at,
      valid_until: validUntil,
      drafted_at: at,
    })
    .where('id', '=', agreement.id)
    .execute();
}

/** The same day so many months later, or the last of that month where it has no such day. */
export function monthsAfter(from: Date, months: number): Date {
  const end = new Date(from);
  end.setUTCMonth(end.getUTCMonth() + months);
  // The 31st of a month that has none would fall into the next.
  if (end.getUTCDate() !== from.getUTCDate()) end.setUTCDate(0);
  return end;
}

function clausesOf(
  { title, scope, requirements, resource_ids }: Announcement,
  operator: string,
  authoriser: string,
  from: Date,
  until: Date,
): Readonly<Record<Clause, Text>> {
  const [first, last] = [beijingDay(from), beijingDay(until)];
  const months = valueAt(TIMES.securityReport, from).value;
  const days = valueAt(TIMES.disposal, from).value;
  return {
    scope: text(
      `${authoriser}授权${operator}在公共数据授权运营平台上运营“${title}”所列${resource_ids.length}项数据资源：${scope}`,
      `${authoriser} authorises ${operator} to operate, on the platform for authorised operation, the ${resource_ids.length} resources of “${title}”: ${scope}`,
    ),
    term: text(
      `自${first}起至${last}止；到期权限自动终止。`,
      `From ${first} to ${last}; all rights end by themselves then.`,
    ),
    rights: text(
      `运营单位可以提出数据申请和数据治理需求，一个场景一次申请；应当按要求提供多样化产品，接受评估和检查。授权单位保障数据质量，监督运营。${requirements}`,
      `The operating unit may apply for data, one application a scenario, and raise demands for data governance; it provides products as required and accepts evaluation and inspection. The authorising unit sees to the quality of the data and supervises. ${requirements}`,
    ),
    security: text(
      `原始数据不出平台；未经许可不得留存、使用、泄露或者向他人提供；技术人员上岗前接受安全培训；每${months}个月报告一次运营安全情况；发生安全事件立即报告并采取补救措施。`,
      `Raw data never leaves the platform; nothing is retained, used, leaked or passed on without permission; technicians are trained before they begin; security is reported every ${months} months; incidents are reported and remedied at once.`,
    ),
    exit: text(
      '评估不合格且逾期未整改到位、严重违约、主动申请或者协议到期的，启动退出，立即终止数据使用权限，工作日志依规留存。',
      'An evaluation that failed and was not corrected in time, a serious breach, a wish to leave or the end of the term start the exit; the use of data ends at once, and work logs are kept as the rules say.',
    ),
    disposal: text(
      `退出后${days}日内清除平台内外留存的公共数据和中间结果，提交证明；已形成的数据产品按双方约定处置，涉及公共数据的部分停止更新和供应。`,
      `Within ${days} days of the end public data and intermediate results are erased and the proof submitted; data products are disposed of as agreed, and their parts made from public data are neither renewed nor supplied.`,
    ),
  };
}
