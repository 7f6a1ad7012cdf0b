import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { expire } from './acts-operate.ts';

export const EXPIRY_TASK = 'authorisation.expiry';

/** At the second the term ends every use is refused already, since each looks at the time; this records it and starts the exit. */
export const expiryTask: Task = task(EXPIRY_TASK, async (payload, { kernel }) => {
  const agreementId = String(payload.agreementId);
  const outcome = await execute(
    kernel,
    expire,
    SYSTEM,
    { agreementId },
    { idempotencyKey: `${EXPIRY_TASK} ${agreementId}` },
  );
  // It had left before.
  if (!outcome.ok && outcome.refusal.kind !== 'state') throw new Error(outcome.refusal.title.en);
});
