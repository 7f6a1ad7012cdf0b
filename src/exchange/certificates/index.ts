import type { Task } from '../../kernel/jobs.ts';

export { acts } from './acts.ts';
export { announcements, type CertificateSetting, configureCertificates } from './keys.ts';
export { CertificateId, type CertificateKind, type Content } from './model.ts';
export { certificatePdf } from './pdf/index.ts';
export { certificateJson, reads } from './reads.ts';

/** A certificate is issued within its act: there is no work after the commit. */
export const tasks: readonly Task[] = [];
