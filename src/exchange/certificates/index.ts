import type { Task } from '../../kernel/jobs.ts';
import type { FileViewer } from '../../kernel/vault/index.ts';
import { importFileViewer } from './recognition/reads.ts';

export { acts } from './acts.ts';
export { announcements, type CertificateSetting, configureCertificates } from './keys.ts';
export { CertificateId, type CertificateKind, type Content } from './model.ts';
export { certificatePdf } from './pdf/index.ts';
export { certificateJson, reads } from './reads.ts';

/** Papers of imports that the exchange decides on. */
export const fileViewers: readonly FileViewer[] = [importFileViewer];

/** A certificate is issued within its act: there is no work after the commit. */
export const tasks: readonly Task[] = [];
