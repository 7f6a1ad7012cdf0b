export {
  type Act,
  type ActDefinition,
  type AnswerVersion,
  act,
  type EntryDraft,
  type FactsContext,
  type JobRequest,
  type PerformContext,
  type Read,
  type ReadContext,
  read,
} from './act.ts';
export {
  type Actor,
  ANONYMOUS,
  type Authority,
  anyone,
  permits,
  type RoleInfo,
  role,
  SYSTEM,
  signedIn,
  system,
  withinScopes,
} from './actor.ts';
export {
  type DecisionRecord,
  type ExecuteOptions,
  enqueue,
  execute,
  holdsNul,
  type Kernel,
  type Outcome,
} from './execute.ts';
export { type Lifecycle, type LifecycleNames, lifecycle } from './lifecycle.ts';
export { afterOf, PageQuery, page, pageOf } from './page.ts';
export { type ReceiptRef, receiptsOf } from './receipts.ts';
export {
  notFound,
  REFUSAL_STATUS,
  type Refusal,
  type RefusalKind,
  Refused,
  refused,
  type Violation,
} from './refusal.ts';
export { invalidInput } from './refusals.ts';
