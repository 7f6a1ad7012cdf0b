import type { CertificateProven, CertificateVerification } from '../../../../../src/kernel/evidence/verify/index.ts';
import { dateTime, number } from '../../../shared/format.ts';
import type { Finding } from './check.ts';
import { type Child, h } from './dom.ts';
import { bothSides, type CardContext, type Fact, facts, fold, grounds, pre, tag } from './parts.ts';
import type { Piece } from './read.ts';
import type { VerifierWords } from './words.ts';

type ProvenCertificate = Extract<CertificateVerification, { outcome: 'proven' }>;

/** A certificate as PDF or JSON, or the note of its QR code. */
export function certificateContent(
  { pieces: [piece] }: Extract<Finding, { of: 'certificate' }>,
  { certificate, proves, doesNotProve, details }: ProvenCertificate,
  context: CardContext,
): Child[] {
  const { t, language } = context;
  return [
    h(
      'p',
      { class: 'tags' },
      certificate.level === 'witnessed' ? tag(t.witnessed, 'good') : tag(t.sequenced),
      tag(t.forms[certificate.form]),
    ),
    facts(factsOf(certificate, t)),
    statusPart(certificate, piece, context),
    bothSides(
      t,
      proves.map((text) => text[language]),
      doesNotProve.map((text) => text[language]),
    ),
    fold(t.grounds, grounds(details, context)),
    certificate.form === 'note'
      ? null
      : fold(t.repeat, pre(`bin/shuheng verify certificate.${certificate.form} --policy policy.txt`)),
  ];
}

function factsOf(c: CertificateProven, t: VerifierWords): Fact[] {
  const kind = c.kind !== null && c.kind in t.kinds ? t.kinds[c.kind as keyof typeof t.kinds] : c.kind;
  const rows: (Fact | null)[] = [
    [t.certificateNumber, c.number, true],
    kind === null ? null : [t.certificateKind, kind],
    c.holder === null ? null : [t.holder, c.holder],
    c.subject === null ? null : [t.subject, c.subject],
    c.issuer === null ? null : [t.issuer, c.issuer],
    c.issuedAt === null ? null : [t.issuedAt, dateTime(c.issuedAt)],
    c.events === null ? null : [t.events, number(c.events)],
    [t.contentHash, c.contentSha256, true],
  ];
  return rows.filter((row) => row !== null);
}

/** Whether it is still valid is not in the file: it is asked for when somebody wants to know, and that is said. */
function statusPart(
  { statusPath, id }: CertificateProven,
  piece: Piece,
  { t, language, status }: CardContext,
): HTMLElement {
  const part = h('div', { class: 'outcome-status' });
  const ask = async () => {
    if (!status) return;
    part.replaceChildren(h('p', { class: 'faint' }, t.asking));
    const { good, says } = await status(statusPath);
    part.replaceChildren(h('p', {}, tag(good ? t.stillValid : t.notValid, good ? 'good' : 'bad'), ' ', says[language]));
  };
  if (status)
    part.append(
      h('button', { type: 'button', class: 'button', onclick: () => void ask() }, t.askStatus),
      h('small', { class: 'faint' }, t.askStatusText),
    );
  // The static page reaches no network: it names the place, and who follows the link goes there.
  else if (piece.site)
    part.append(
      h('a', { class: 'button', href: `${piece.site}/certificates/${id}`, rel: 'noreferrer' }, t.askAt(piece.site)),
      h('small', { class: 'faint' }, t.askAtText),
    );
  else part.append(h('small', { class: 'faint' }, t.askElsewhere(statusPath)));
  return part;
}
