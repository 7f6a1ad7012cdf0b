import type { Actor } from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { sha256Hex } from '../../../kernel/evidence/index.ts';
import { certificateFile } from '../file.ts';
import { signedBy } from '../keys.ts';
import { certificateLife, REVOCATION_GROUNDS } from '../model.ts';
import { certificateFor } from '../reads.ts';

const SIGNATURE_LINE = '%shuheng-signature ';

/**
 * The certificate as people print it: the JSON inside, and after the end of the PDF one comment line that signs every
 * byte before it (docs/evidence.md, 凭证 Certificates).
 * @param publicUrl origin people reach the platform at; the QR code leads to its page for verifying
 * @throws Refused as `certificateJson`
 */
export async function certificatePdf(
  db: Queryable,
  actor: Actor,
  certificateId: string,
  publicUrl: string,
): Promise<Buffer> {
  const row = await certificateFor(db, actor, certificateId);
  const json = await certificateFile(db, row);
  const verifyPage = `${publicUrl.replace(/\/$/, '')}/verify`;
  const { drawCertificate } = await import('./sheet.ts');
  const drawn = await drawCertificate({
    content: row.content,
    contentSha256: row.content_sha256,
    state: row.state,
    stateTitle: certificateLife.title(row.state),
    revocation:
      row.revoked_at === null || row.revoked_ground === null
        ? null
        : { at: row.revoked_at.toISOString(), ground: REVOCATION_GROUNDS[row.revoked_ground] },
    verifyUrl: `${verifyPage}#c=${Buffer.from(row.note ?? '').toString('base64url')}`,
    verifyPage,
    json,
    madeAt: new Date(),
  });
  return signPdf(db, drawn, certificateId);
}

/** Adds the comment line that signs what is before it. */
export async function signPdf(q: Queryable, pdf: Buffer, certificateId: string): Promise<Buffer> {
  const whole = pdf.at(-1) === NEWLINE ? pdf : Buffer.concat([pdf, Buffer.of(NEWLINE)]);
  const note = await signedBy(q, 'shuheng/certificate-pdf/1', certificateId, sha256Hex(whole));
  return Buffer.concat([whole, Buffer.from(`${SIGNATURE_LINE}${Buffer.from(note).toString('base64')}\n`)]);
}

const NEWLINE = 0x0a;
