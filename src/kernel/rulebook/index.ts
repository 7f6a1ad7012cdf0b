export { rulebookActs } from './adoption.ts';
export { type Article, loadRulebook, type Rulebook, type RulebookDocument } from './documents.ts';
export { rulebookReads } from './reads.ts';
export {
  beijingDay,
  type Dated,
  type Decision,
  dated,
  type Effect,
  notApplicable,
  ok,
  type ParameterUsed,
  type Rule,
  rule,
  unknown,
  valueAt,
  violated,
} from './rule.ts';
