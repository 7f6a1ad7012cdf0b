import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Database } from '../database/index.ts';
import { fold } from './model.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
}

const TIMEOUT_S = 10;
/** The provider's metadata is asked for again after this long. */
const METADATA_MS = 3_600_000;
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
/** Authentication methods (RFC 8176) that show a second factor. */
const STRONG_METHODS: readonly string[] = ['mfa', 'otp', 'hwk', 'sc'];

/** What the browser carries, sealed, from the start of a sign-in to its end. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly startedAt: number;
  /** Path of ours to go to afterwards. */
  readonly returnTo: string;
}

/** What the provider vouches for. */
export interface Vouched {
  readonly issuer: string;
  readonly subject: string;
  readonly verifiedEmail: string | undefined;
  readonly preferredLogin: string | undefined;
  readonly secondFactor: boolean;
}

/** OpenID Connect code flow with PKCE, state and nonce. The provider is asked when first needed, so it may be down at our start. */
export class OidcClient {
  readonly #settings: OidcSettings;
  #found: { readonly configuration: Configuration; readonly at: number } | undefined;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  /** @throws Error when the provider does not answer; the next call asks again */
  async #configuration(): Promise<Configuration> {
    if (this.#found && Date.now() - this.#found.at < METADATA_MS) return this.#found.configuration;
    const issuer = new URL(this.#settings.issuer);
    const insecure = issuer.protocol === 'http:' && LOOPBACK.includes(issuer.hostname);
    const configuration = await discovery(issuer, this.#settings.clientId, this.#settings.clientSecret, undefined, {
      timeout: TIMEOUT_S,
      execute: insecure ? [allowInsecureRequests] : [],
    });
    this.#found = { configuration, at: Date.now() };
    return configuration;
  }

  async start(callback: URL, returnTo: string): Promise<{ readonly url: URL; readonly pending: PendingSignIn }> {
    const configuration = await this.#configuration();
    const pending: PendingSignIn = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      startedAt: Date.now(),
      returnTo,
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: callback.href,
      scope: 'openid email profile',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url, pending };
  }

  /** Exchanges the code. @throws Error when state, nonce, code, signature or audience is not right */
  async finish(current: URL, pending: PendingSignIn): Promise<Vouched> {
    const configuration = await this.#configuration();
    const tokens = await authorizationCodeGrant(configuration, current, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider sent no ID token');
    const known = claims.email !== undefined || claims.preferred_username !== undefined;
    const more = known ? claims : await fetchUserInfo(configuration, tokens.access_token, claims.sub);
    const { email, email_verified: verified, preferred_username: preferred } = more;
    const methods = Array.isArray(claims.amr) ? claims.amr : [];
    return {
      issuer: claims.iss,
      subject: claims.sub,
      verifiedEmail: typeof email === 'string' && verified === true ? fold(email) : undefined,
      preferredLogin: typeof preferred === 'string' ? fold(preferred) : undefined,
      secondFactor: methods.some((m) => typeof m === 'string' && STRONG_METHODS.includes(m)),
    };
  }
}

/**
 * The person a subject of the provider is here: as linked before, else by verified e-mail, else by login; the first
 * match is kept. Nobody is created, and a person linked to one subject is never handed to another (HS-1.21).
 */
export async function findVouched(db: Database, vouched: Vouched, at = new Date()): Promise<string | undefined> {
  const linked = await db
    .selectFrom('person_identity')
    .select('person_id')
    .where('issuer', '=', vouched.issuer)
    .where('subject', '=', vouched.subject)
    .executeTakeFirst();
  if (linked) return linked.person_id;
  const { verifiedEmail, preferredLogin } = vouched;
  const person =
    (verifiedEmail && (await personBy(db, 'email', verifiedEmail))) ||
    (verifiedEmail && (await personBy(db, 'login', verifiedEmail))) ||
    (preferredLogin && (await personBy(db, 'login', preferredLogin)));
  if (!person) return undefined;
  const made = await db
    .insertInto('person_identity')
    .values({ issuer: vouched.issuer, subject: vouched.subject, person_id: person, linked_at: at })
    .onConflict((c) => c.doNothing())
    .returning('person_id')
    .executeTakeFirst();
  return made?.person_id;
}

async function personBy(db: Database, column: 'email' | 'login', value: string): Promise<string | undefined> {
  const row = await db.selectFrom('person').select('id').where(column, '=', value).executeTakeFirst();
  return row?.id;
}
