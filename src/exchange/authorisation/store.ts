import { type Actor, notFound } from '../../kernel/acts/index.ts';
import { type CaseRow, lockCase } from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { Agreement, Announcement, Application } from './model.ts';

export async function getAnnouncement(q: Queryable, id: string): Promise<Announcement> {
  const row = await q.selectFrom('operation_announcement').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export interface ApplicationInHand {
  readonly row: CaseRow;
  readonly application: Application;
  readonly announcement: Announcement;
}

/** An application with its case locked. @throws notFound for whoever plays no part in it */
export async function lockApplication(tx: Tx, actor: Actor, applicationId: string): Promise<ApplicationInHand> {
  const application = await tx
    .selectFrom('operation_application')
    .selectAll()
    .where('id', '=', applicationId)
    .executeTakeFirst();
  if (!application) throw notFound();
  const row = await lockCase(tx, actor, application.case_id);
  return { row, application, announcement: await getAnnouncement(tx, application.announcement_id) };
}

export interface AgreementInHand {
  readonly row: CaseRow;
  readonly agreement: Agreement;
}

/** An agreement with its case locked. @throws notFound for whoever plays no part in it */
export async function lockAgreement(tx: Tx, actor: Actor, agreementId: string): Promise<AgreementInHand> {
  const found = await tx
    .selectFrom('operation_agreement')
    .select('case_id')
    .where('id', '=', agreementId)
    .executeTakeFirst();
  if (!found) throw notFound();
  const row = await lockCase(tx, actor, found.case_id);
  return { row, agreement: await getAgreement(tx, agreementId) };
}

/** For the clocks, which know the case only. */
export async function agreementOfCase(tx: Tx, caseId: string): Promise<Agreement> {
  const row = await tx.selectFrom('operation_agreement').selectAll().where('case_id', '=', caseId).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** @throws Error when there is none */
export async function getAgreement(tx: Queryable, agreementId: string): Promise<Agreement> {
  return tx.selectFrom('operation_agreement').selectAll().where('id', '=', agreementId).executeTakeFirstOrThrow();
}

/** The data authority that takes part in the case of an agreement. */
export async function authorityOf(q: Queryable, agreement: Agreement): Promise<string> {
  const { authority_id } = await q
    .selectFrom('operation_application as a')
    .innerJoin('operation_announcement as n', 'n.id', 'a.announcement_id')
    .select('n.authority_id')
    .where('a.id', '=', agreement.application_id)
    .executeTakeFirstOrThrow();
  return authority_id;
}
