import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { z } from 'zod';
import { effectiveRoles } from '../src/kernel/access/index.ts';
import { type Act, type Actor, execute, type Kernel, Refused } from '../src/kernel/acts/index.ts';
import type { Vault } from '../src/kernel/vault/index.ts';
import { platform } from '../src/platform.ts';

export interface SampleContext {
  readonly kernel: Kernel;
  readonly vault: Vault;
  /** Where progress is kept, so that a killed build goes on where it stopped. */
  readonly dataFolder: string;
}

/** A line for each step, figures while it works. */
export type Report = (step: string, progress?: { readonly done: number; readonly total: number }) => void;

const SavedAccount = z.object({
  personId: z.string(),
  password: z.string(),
  totpSecret: z.string().optional(),
  apiKey: z.string().optional(),
});
export type SavedAccount = z.infer<typeof SavedAccount>;

const Progress = z.object({
  /** Every date in the sample is counted from here, so that a second run asks for the very same acts. */
  startedAt: z.iso.datetime(),
  passwords: z.record(z.string(), z.string()),
  accounts: z.record(z.string(), SavedAccount),
  uploads: z.record(z.string(), z.string()),
});
type Progress = z.infer<typeof Progress>;

const POLL_MS = 100;
const WAIT_MS_MAX = 600_000;

/**
 * Where the sample is played: it runs acts in the name of its people and remembers what acts tell only once.
 * Each act carries an idempotency key, so a build that was killed runs again from the start and changes nothing twice.
 */
export class Stage {
  readonly context: SampleContext;
  private readonly acts: ReadonlyMap<string, Act>;
  private readonly file: string;
  private readonly progress: Progress;

  private constructor(context: SampleContext, file: string, progress: Progress) {
    this.context = context;
    this.file = file;
    this.progress = progress;
    this.acts = new Map(platform(context.kernel.rulebook).acts.map((a) => [a.name, a]));
  }

  /** @returns undefined when the platform was set up by somebody else: then there is nothing to build */
  static async open(context: SampleContext): Promise<Stage | undefined> {
    const file = join(context.dataFolder, 'sample-progress.json');
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return new Stage(context, file, Progress.parse(JSON.parse(text)));
    const somebody = await context.kernel.db.selectFrom('party').select('id').limit(1).executeTakeFirst();
    if (somebody) return undefined;
    const stage = new Stage(context, file, {
      startedAt: new Date().toISOString(),
      passwords: {},
      accounts: {},
      uploads: {},
    });
    await stage.save();
    return stage;
  }

  get startedAt(): Date {
    return new Date(this.progress.startedAt);
  }

  private saving: Promise<void> = Promise.resolve();

  /** One write after another: two of the sample's steps may finish at once. */
  private save(): Promise<void> {
    this.saving = this.saving.then(() => this.write());
    return this.saving;
  }

  private async write(): Promise<void> {
    const making = `${this.file}.making`;
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(making, JSON.stringify(this.progress), { mode: 0o600 });
    await chmod(making, 0o600);
    await rename(making, this.file);
  }

  /** A secret or id that is made once and the same in every later run. */
  async once(shelf: 'passwords' | 'uploads', name: string, make: () => Promise<string> | string): Promise<string> {
    const known = this.progress[shelf][name];
    if (known !== undefined) return known;
    const made = await make();
    this.progress[shelf][name] = made;
    await this.save();
    return made;
  }

  account(login: string): SavedAccount | undefined {
    return this.progress.accounts[login];
  }

  async keepAccount(login: string, account: SavedAccount): Promise<void> {
    this.progress.accounts[login] = account;
    await this.save();
  }

  /** The person as an actor, with the roles of this moment and as if the second factor had been shown. */
  async actor(login: string): Promise<Actor> {
    const row = await this.context.kernel.db
      .selectFrom('person')
      .innerJoin('party', 'party.id', 'person.party_id')
      .select([
        'person.id',
        'person.roles',
        'person.personal_roles',
        'party.id as party_id',
        'party.state',
        'party.roles as party_roles',
      ])
      .where('person.login', '=', login)
      .executeTakeFirst();
    if (!row) throw new Error(`the sample has no person ${login}`);
    return {
      kind: 'person',
      personId: row.id,
      partyId: row.party_id,
      roles: effectiveRoles(row, { state: row.state, roles: row.party_roles }),
      scopes: null,
      secondFactor: true,
    };
  }

  /**
   * Executes an act once, however often the sample is built.
   * @param key names the step within the sample
   * @throws Refused when the act is refused: the script is then wrong
   */
  async run<T>(key: string, name: string, actor: Actor, input: unknown): Promise<T> {
    const outcome = await execute(this.context.kernel, this.find(name), actor, input, {
      idempotencyKey: `sample:${key}`,
    });
    if (!outcome.ok) throw this.complaint(name, key, new Refused(outcome.refusal));
    return outcome.result as T;
  }

  /** Executes an act that has to be refused, unless the refusal stands already. */
  async runRefused(name: string, actor: Actor, input: unknown): Promise<void> {
    const { rows } =
      await sql`select 1 from refusal where act_name = ${name} and party_id = ${actor.partyId} limit 1`.execute(
        this.context.kernel.db,
      );
    if (rows.length > 0) return;
    const outcome = await execute(this.context.kernel, this.find(name), actor, input);
    if (outcome.ok) throw new Error(`the sample expected ${name} to be refused`);
  }

  private find(name: string): Act {
    const act = this.acts.get(name);
    if (!act) throw new Error(`there is no act ${name}`);
    return act;
  }

  private complaint(name: string, key: string, { refusal }: Refused): Error {
    const reasons = refusal.violations.map((v) => `${v.rule} ${v.fact.en}`).join('; ');
    return new Error(`sample step ${key}: ${name} was refused (${refusal.kind}): ${reasons}`);
  }

  /** Waits for a job's work to show. @throws Error when it takes too long */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (Date.now() > end) throw new Error(`the sample waited too long for ${what}`);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
}
