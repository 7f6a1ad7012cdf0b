import { number } from '../../../shared/format.ts';
import { anchorContent } from './card-anchor.ts';
import { bundleContent } from './card-bundle.ts';
import { certificateContent } from './card-certificate.ts';
import { receiptContent } from './card-receipt.ts';
import type { Finding } from './check.ts';
import { h } from './dom.ts';
import { type CardContext, card, grounds } from './parts.ts';

/** What was proven and what not, in plain words. */
export function cardOf(finding: Finding, context: CardContext): HTMLElement {
  if (finding.of === 'lonely' || finding.of === 'untrusted' || finding.of === 'working')
    return waitingCard(finding, context);
  const { verification, pieces } = finding;
  const says = verification.says[context.language];
  if (verification.outcome === 'proven') {
    if (finding.of === 'receipt' && 'proven' in verification && 'entryHash' in verification.proven)
      return card('proven', says, pieces, context, receiptContent(finding, verification.proven, context));
    if (finding.of === 'certificate' && 'certificate' in verification)
      return card('proven', says, pieces, context, certificateContent(finding, verification, context));
    if (finding.of === 'anchor' && 'proven' in verification && 'block' in verification.proven)
      return card('proven', says, pieces, context, anchorContent(verification.proven, verification.details, context));
    if (finding.of === 'bundle' && 'bundle' in verification)
      return card('proven', says, pieces, context, bundleContent(verification, context));
  }
  // True as far as it goes, and said so: no forgery, only too few witnesses.
  const few = verification.outcome === 'false' && verification.check === 'quorum';
  return card(few ? 'waiting' : verification.outcome, says, pieces, context, [grounds(verification.details, context)]);
}

function waitingCard(
  finding: Extract<Finding, { of: 'lonely' | 'untrusted' | 'working' }>,
  context: CardContext,
): HTMLElement {
  const { t } = context;
  const [piece] = finding.pieces;
  if (finding.of === 'working') {
    const { done, total } = finding;
    return card('waiting', t.checking, finding.pieces, context, [
      total > 0 ? h('progress', { max: total, value: done, 'aria-label': t.checking }) : null,
      total > 0 ? h('p', {}, t.checked(number(done), number(total))) : null,
    ]);
  }
  const [says, text] =
    finding.of === 'untrusted'
      ? [t.noTrust, t.noTrustText]
      : piece.kind === 'proof'
        ? [t.lonelyProof, t.lonelyProofText]
        : piece.kind === 'entry'
          ? [t.lonelyEntry, t.lonelyEntryText]
          : [t.lonelyOpenings, t.lonelyOpeningsText];
  return card('waiting', says, finding.pieces, context, [h('p', {}, text)]);
}
