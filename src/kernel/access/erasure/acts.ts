import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, act, notFound, role, signedIn } from '../../acts/index.ts';
import type { Tx } from '../../database/index.ts';
import { idOf, newId } from '../../ids.ts';
import { beijingDay, valueAt } from '../../rulebook/index.ts';
import { searchVector } from '../../search.ts';
import { text } from '../../text.ts';
import { PersonId } from '../ids.ts';
import { lockManaged, managerOf, postsLeftEmpty } from '../managed.ts';
import { lockPerson, type Person } from '../people.ts';
import { administratorsRemain, managedByTheRight, notOneself } from '../rules.ts';
import { eraseEverywhere } from './erase.ts';
import { ERASED, patternsOf } from './patterns.ts';
import { ANSWER_DAYS, declinesARequest, nothingToKeep, oneRequest, TRADE_RECORD_YEARS, yearsOn } from './rules.ts';
import { retained } from './setting.ts';

export const ErasureRequestId = idOf('ers', text('删除请求', 'Erasure request'));
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const DAY_MS = 86_400_000;
const ALSO_MAX = 10;

const openRequestOf = (tx: Tx, personId: string) =>
  tx
    .selectFrom('erasure_request')
    .select(['id', 'due_at'])
    .where('person_id', '=', personId)
    .where('state', '=', 'open')
    .forUpdate()
    .executeTakeFirst();

/** 申请删除本人信息: from the person, answered within the days of HS-10.50. */
export const requestErasure = act({
  name: 'access.request-erasure',
  title: text('申请删除本人的个人信息', 'Ask for one’s data to be erased'),
  by: signedIn(),
  input: z.object({
    reason: z.string().trim().max(500).optional().meta(field('说明（可不填）', 'Why (may stay empty)')),
  }),
  output: z.object({ requestId: ErasureRequestId, dueAt: z.string() }),
  rules: [oneRequest],
  facts: async ({ tx, actor, at }) => {
    if (!actor.personId) throw notFound();
    const person = await lockPerson(tx, actor.personId);
    const open = await openRequestOf(tx, person.id);
    return {
      personId: person.id,
      partyId: person.party_id,
      openRequest: open ? beijingDay(open.due_at) : null,
      dueAt: new Date(at.getTime() + valueAt(ANSWER_DAYS, at).value * DAY_MS).toISOString(),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const requestId = newId('ers');
    await tx
      .insertInto('erasure_request')
      .values({
        id: requestId,
        person_id: facts.personId,
        party_id: facts.partyId,
        reason: input.reason || null,
        asked_at: at,
        due_at: new Date(facts.dueAt),
        state: 'open',
      })
      .execute();
    return { requestId, dueAt: facts.dueAt };
  },
  entry: ({ facts, result }) => ({ subject: facts.partyId, sealed: { request: result.requestId } }),
});

const MANAGERS = role('party-admin', 'security-admin');

async function managedFacts({ tx, actor, input, at }: { tx: Tx; actor: Actor; input: { personId: string }; at: Date }) {
  const { person, facts } = await lockManaged(tx, actor, input.personId, at);
  return { person, facts: { ...facts, ...managerOf(actor), changed: [] as string[] } };
}

/** 删除个人信息: removes a person's data from everything but what the law keeps; the evidence stays provable. */
export const erasePerson = act({
  name: 'access.erase-person',
  title: text('删除人员的个人信息', 'Erase a person’s data'),
  by: MANAGERS,
  secondFactor: true,
  input: z.object({
    personId: PersonId,
    reason: z.string().trim().min(2).max(500).meta(field('删除依据', 'Ground for erasing')),
    also: z
      .array(z.string().trim().min(4).max(80))
      .max(ALSO_MAX)
      .default([])
      .meta(
        field(
          '其他能识别本人的文字（电话、证件号等，逐项填写，不留存）',
          'Anything else that names the person (telephone, identity number …), one each; not kept',
        ),
      ),
  }),
  // What names a person must not come back in through the record of its erasure.
  secretInput: ['also', 'reason'],
  output: z.object({
    personId: PersonId,
    openings: z.number().int(),
    texts: z.number().int(),
    kept: z.number().int(),
    keptUntil: z.string().nullable(),
  }),
  rules: [notOneself, managedByTheRight, administratorsRemain, nothingToKeep],
  facts: async (c) => {
    const { person, facts } = await managedFacts(c);
    return {
      ...facts,
      postsLeftEmpty: await postsLeftEmpty(c.tx, facts, []),
      lastTradeAt: (await lastTradeOf(c.tx, person.id))?.toISOString() ?? null,
      // Functions, because facts are kept under a commitment, and these are what has to go.
      person: () => person,
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const person = facts.person();
    const years = valueAt(TRADE_RECORD_YEARS, at).value;
    const { login, email, display_name: displayName } = person;
    const erased = await eraseEverywhere(
      tx,
      {
        personId: person.id,
        partyId: person.party_id,
        patterns: patternsOf({ login, email, displayName, also: input.also }),
        lexemes: searchVector([login, email, displayName, ...input.also].map((word) => ({ text: word, weight: 'A' }))),
        keptSince: yearsOn(at, -years),
      },
      at,
    );
    await tx
      .updateTable('erasure_request')
      .set({ state: 'done', reason: null, answered_at: at, answered_by: facts.managerId })
      .where('person_id', '=', person.id)
      .where('state', '=', 'open')
      .execute();
    // Requests answered before hold the person's words too.
    await tx.updateTable('erasure_request').set({ reason: null }).where('person_id', '=', person.id).execute();
    return { personId: person.id, ...erased, keptUntil: erased.kept > 0 ? beijingDay(yearsOn(at, years)) : null };
  },
  entry: ({ facts, input, result }) => ({
    subject: facts.partyId,
    sealed: {
      erasedPerson: facts.personId,
      reason: wordsWithout(input.reason, facts.person(), input.also),
      openings: result.openings,
      texts: result.texts,
    },
    parties: [facts.partyId],
  }),
});

/** The ground as it was typed, but for what names the person. */
function wordsWithout(typed: string, person: Person, also: readonly string[]): string {
  const names = [person.display_name, person.login, person.email, ...also].filter((word) => word !== null);
  return names.reduce((said, name) => said.replaceAll(name, ERASED), typed);
}

async function lastTradeOf(tx: Tx, personId: string): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`select max(at) as at from act_log
    where person_id = ${personId} and name = any (${[...retained().acts]}::text[])`.execute(tx);
  return rows[0]?.at ?? undefined;
}

/** 不予删除: answers a request that cannot be granted, with the reason (article 50 of the law). */
export const declineErasure = act({
  name: 'access.decline-erasure',
  title: text('不予删除个人信息', 'Decline to erase'),
  by: MANAGERS,
  secondFactor: true,
  input: z.object({
    personId: PersonId,
    reason: z.string().trim().min(2).max(500).meta(field('不予删除的理由（告知本人）', 'Why not (told to the person)')),
  }),
  output: z.object({ personId: PersonId }),
  rules: [notOneself, managedByTheRight, declinesARequest],
  facts: async (c) => {
    const { facts } = await managedFacts(c);
    return { ...facts, asked: (await openRequestOf(c.tx, facts.personId)) !== undefined };
  },
  perform: async ({ tx, input, facts, at }) => {
    await tx
      .updateTable('erasure_request')
      .set({ state: 'declined', answer: input.reason, answered_at: at, answered_by: facts.managerId })
      .where('person_id', '=', facts.personId)
      .where('state', '=', 'open')
      .execute();
    return { personId: facts.personId };
  },
  entry: ({ facts, input }) => ({
    subject: facts.partyId,
    sealed: { managedPerson: facts.personId, reason: input.reason },
    parties: [facts.partyId],
  }),
});

export const erasureActs = [requestErasure, erasePerson, declineErasure];
