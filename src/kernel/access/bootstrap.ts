import { sql } from 'kysely';
import { z } from 'zod';
import { act, execute, type Kernel, Refused, SYSTEM, system } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { text } from '../text.ts';
import { DisplayName, Login, PartyId, PersonId } from './ids.ts';
import { OPERATOR_ROLE, PERSONAL_ROLE_TITLES } from './model.ts';
import { createParty } from './parties.ts';
import { randomPassword } from './passwords.ts';
import { createPerson } from './people.ts';
import { emptyPlatform } from './rules.ts';
import { newTotpSecret } from './totp.ts';
import { checkUscc } from './uscc.ts';

/** Two starters of an empty platform must not both set it up. */
const BOOTSTRAP_LOCK = 7_346_020;

const Administrator = z.object({ login: Login, displayName: DisplayName });

const administrator = (role: 'system-admin' | 'security-admin' | 'audit-admin') =>
  Administrator.default({ login: role, displayName: PERSONAL_ROLE_TITLES[role].zh });

export const bootstrapAct = act({
  name: 'access.bootstrap',
  title: text('设立交易所', 'Set the exchange up'),
  by: system(),
  input: z.object({
    name: z.string().trim().min(1).max(120),
    uscc: z.string().refine(checkUscc, { message: '统一社会信用代码校验不通过 / the check character does not match' }),
    systemAdmin: administrator('system-admin'),
    securityAdmin: administrator('security-admin'),
    auditAdmin: administrator('audit-admin'),
    /** Set up to be tried, with nobody's real business on it; said once, in the first entry of its log, and never later. */
    sample: z.boolean().default(false),
  }),
  output: z.object({
    partyId: PartyId,
    sample: z.boolean(),
    accounts: z
      .array(
        z.object({
          personId: PersonId,
          login: z.string(),
          password: z.string(),
          totpSecret: z.string(),
          roles: z.array(z.string()),
        }),
      )
      .optional(),
  }),
  secretOutput: ['accounts'],
  rules: [emptyPlatform],
  facts: async ({ tx }) => {
    await sql`select pg_advisory_xact_lock(${BOOTSTRAP_LOCK})`.execute(tx);
    const first = await tx.selectFrom('party').select('id').limit(1).execute();
    return { parties: first.length };
  },
  perform: async ({ tx, input, at }) => {
    const party = await createParty(tx, {
      name: input.name,
      uscc: input.uscc,
      requestedRoles: [OPERATOR_ROLE],
      roles: [OPERATOR_ROLE],
      state: 'admitted',
      at,
    });
    const posts = [
      ['system-admin', input.systemAdmin],
      ['security-admin', input.securityAdmin],
      ['audit-admin', input.auditAdmin],
    ] as const;
    const accounts = [];
    for (const [role, { login, displayName }] of posts) {
      const password = randomPassword();
      const person = await createPerson(tx, {
        partyId: party.id,
        login,
        displayName,
        password,
        personalRoles: [role],
        at,
      });
      const { secret, sealed } = newTotpSecret(person.id, person.login);
      await tx.updateTable('person').set({ totp_secret: sealed }).where('id', '=', person.id).execute();
      accounts.push({ personId: person.id, login: person.login, password, totpSecret: secret, roles: [role] });
    }
    return { partyId: party.id, sample: input.sample, accounts };
  },
  entry: ({ input, result }) => ({
    subject: result.partyId,
    public: true,
    open: { sample: input.sample },
    sealed: { name: input.name },
    parties: [result.partyId],
  }),
});

export type Bootstrapped = Required<z.output<typeof bootstrapAct.output>>;

/**
 * Sets an empty platform up: the exchange and its system, security and audit administrator, each with a random
 * password and a second factor. The caller writes them to a file only the operator reads (0600).
 * @returns undefined when the platform is already set up
 * @throws Refused for input that is not right
 */
export async function bootstrap(
  kernel: Kernel,
  exchange: z.input<typeof bootstrapAct.input>,
): Promise<Bootstrapped | undefined> {
  const outcome = await execute(kernel, bootstrapAct, SYSTEM, exchange);
  if (outcome.ok) return outcome.result as Bootstrapped;
  if (outcome.refusal.violations.some((v) => v.rule === emptyPlatform.id)) return undefined;
  throw new Refused(outcome.refusal);
}

/** Whether this exchange was set up as a sample: the first act of its log says so. */
export async function isSample(q: Queryable): Promise<boolean> {
  const { rows } = await sql<{ sample: boolean }>`select coalesce((result ->> 'sample')::boolean, false) as sample
    from act_log where name = ${bootstrapAct.name} order by id limit 1`.execute(q);
  return rows[0]?.sample ?? false;
}
