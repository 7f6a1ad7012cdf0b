import { z } from 'zod';
import { PersonId } from '../access/index.ts';
import { type Act, act, signedIn } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { idOf, newId } from '../ids.ts';
import { valueAt } from '../rulebook/index.ts';
import { text } from '../text.ts';
import { FileId, type FileViewer, relyOnFile } from '../vault/index.ts';
import type { Procedure } from './procedure.ts';
import { giveToOwnPerson, paperOfTheProcedure, RETENTION_YEARS } from './rules.ts';
import { isOpen, lockCase, partsOf, seesCase } from './store.ts';
import type { CaseRow } from './tables.ts';

export const CaseId = idOf('cas', text('事项', 'Case'));
const DocumentId = idOf('doc', text('材料', 'Document'));
type Procedures = ReadonlyMap<string, Procedure>;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

export interface CasePaper {
  readonly id: string;
  readonly kind: string;
  readonly partyId: string;
  readonly party: string;
  readonly fileId: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly attachedAt: Date;
}

/** The papers of a case, oldest first. */
export async function papersOf(db: Queryable, caseId: string): Promise<CasePaper[]> {
  return db
    .selectFrom('case_document as d')
    .innerJoin('vault_file as f', 'f.id', 'd.file_id')
    .innerJoin('party as p', 'p.id', 'd.party_id')
    .select([
      'd.id',
      'd.kind',
      'd.party_id as partyId',
      'p.name as party',
      'd.file_id as fileId',
      'f.name',
      'f.bytes',
      'f.sha256',
      'd.attached_at as attachedAt',
    ])
    .where('d.case_id', '=', caseId)
    .orderBy('d.id')
    .execute();
}

/** The kinds of paper a case lacks for an event, as the procedure asks for them. */
export async function missingPapers(
  tx: Tx,
  { papers }: Pick<Procedure, 'papers'>,
  caseId: string,
  event: string,
): Promise<string[]> {
  const there = new Set((await papersOf(tx, caseId)).map((p) => p.kind));
  return Object.entries(papers)
    .filter(([kind, { neededFor }]) => neededFor.includes(event) && !there.has(kind))
    .map(([kind]) => kind);
}

/** Whoever plays a part in a case reads its papers. */
export const caseFileViewer: FileViewer = async (db, actor, file) => {
  const cases = await db.selectFrom('case_document').select('case_id').where('file_id', '=', file.id).execute();
  for (const { case_id } of cases) if (await seesCase(db, actor, case_id)) return true;
  return false;
};

/** Acts of every case, whatever its procedure: add a paper, give one's turn to one of one's people. */
export function caseFileActs(procedures: Procedures): Act[] {
  const procedureOf = (row: CaseRow): Procedure => {
    const found = procedures.get(row.procedure);
    if (!found) throw new Error(`case ${row.id} follows ${row.procedure}, which this program does not know`);
    return found;
  };

  const attach = act({
    name: 'case.attach-document',
    title: text('提交材料', 'Add a document to a case'),
    by: signedIn(),
    input: z.object({
      caseId: CaseId,
      fileId: FileId,
      kind: z.string().trim().min(1).max(60).meta(field('材料种类', 'Kind of document')),
    }),
    output: z.object({ documentId: DocumentId, sha256: z.string(), retainUntil: z.string() }),
    rules: [paperOfTheProcedure],
    facts: async ({ tx, actor, input, at }) => {
      const row = await lockCase(tx, actor, input.caseId);
      const years = valueAt(RETENTION_YEARS, at).value;
      const retainUntil = new Date(at);
      retainUntil.setUTCFullYear(retainUntil.getUTCFullYear() + years);
      return {
        row,
        retainUntil,
        file: await relyOnFile(tx, input.fileId, actor.partyId, retainUntil),
        kind: input.kind,
        kinds: Object.keys(procedureOf(row).papers),
        open: isOpen(row),
        parts: await partsOf(tx, actor, row.id),
      };
    },
    perform: async ({ tx, actor, input, facts: { row, file, retainUntil }, at }) => {
      const before = await tx
        .selectFrom('case_document')
        .select('id')
        .where('case_id', '=', row.id)
        .where('file_id', '=', file.id)
        .executeTakeFirst();
      const documentId = before?.id ?? newId('doc');
      if (!before)
        await tx
          .insertInto('case_document')
          .values({
            id: documentId,
            case_id: row.id,
            party_id: actor.partyId ?? '',
            kind: input.kind,
            file_id: file.id,
            attached_at: at,
          })
          .execute();
      return { documentId, sha256: file.sha256 ?? '', retainUntil: retainUntil.toISOString() };
    },
    entry: ({ facts: { row }, input, result }) => ({
      subject: row.id,
      // A hash of what others may hold as well would let them confirm that it was handed in.
      sealed: { kind: input.kind, sha256: result.sha256 },
    }),
  });

  const delegate = act({
    name: 'case.delegate',
    title: text('交由本单位人员办理', 'Give a case to one of one’s people'),
    by: signedIn(),
    input: z.object({
      caseId: CaseId,
      personId: PersonId.nullable().meta(field('承办人，空为任何人', 'Who handles it; empty for anybody')),
    }),
    output: z.object({ caseId: CaseId, personId: z.string().nullable() }),
    rules: [giveToOwnPerson],
    facts: async ({ tx, actor, input }) => {
      const row = await lockCase(tx, actor, input.caseId);
      const person =
        input.personId === null
          ? undefined
          : await tx
              .selectFrom('person')
              .select(['id', 'party_id', 'disabled_at'])
              .where('id', '=', input.personId)
              .executeTakeFirst();
      return {
        row,
        parts: await partsOf(tx, actor, row.id),
        open: isOpen(row),
        ownPerson: input.personId === null || (person !== undefined && person.party_id === actor.partyId),
        active: input.personId === null || person?.disabled_at === null,
      };
    },
    perform: async ({ tx, actor, input, facts: { row } }) => {
      await tx
        .updateTable('case_part')
        .set({ person_id: input.personId })
        .where('case_id', '=', row.id)
        .where('party_id', '=', actor.partyId ?? '')
        .execute();
      return { caseId: row.id, personId: input.personId };
    },
    entry: ({ facts: { row }, input }) => ({ subject: row.id, sealed: { managedPerson: input.personId } }),
  });

  return [attach, delegate];
}
