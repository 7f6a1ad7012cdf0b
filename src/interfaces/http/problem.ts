import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFUSAL_STATUS, type Refusal } from '../../kernel/acts/index.ts';
import type { Rulebook } from '../../kernel/rulebook/index.ts';

type Citing = Pick<Rulebook, 'citation'>;

/** The language of `title` and `detail`; every problem carries both languages beside them. */
export function languageOf(request: FastifyRequest): 'zh' | 'en' {
  const accepted = request.headers['accept-language'] ?? '';
  return /^\s*en\b/i.test(accepted) ? 'en' : 'zh';
}

/** RFC 9457 problem details with the rule, the article, the fact and the remedy of each violation. */
export function problemOf(rulebook: Citing, refusal: Refusal, language: 'zh' | 'en', instance: string) {
  return {
    type: `urn:shuheng:problem:${refusal.kind}`,
    title: refusal.title[language],
    status: REFUSAL_STATUS[refusal.kind],
    detail: refusal.violations.map((v) => v.fact[language]).join(' '),
    instance,
    titleText: refusal.title,
    violations: refusal.violations.map((v) => {
      const citation = rulebook.citation(v.rule);
      return { ...v, article: v.article || citation.zh, citation };
    }),
  };
}

export function sendRefusal(rulebook: Citing, request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  return reply
    .code(REFUSAL_STATUS[refusal.kind])
    .type('application/problem+json; charset=utf-8')
    .send(problemOf(rulebook, refusal, languageOf(request), request.url.split('?')[0] ?? '/'));
}
