export { type Article, loadRulebook, type Rulebook, type RulebookDocument } from './documents.ts';
export { beijingDay, type Dated, dated, type Decision, type Effect, notApplicable, ok, type ParameterUsed, type Rule, rule, unknown, valueAt, violated } from './rule.ts';
