import { type FullConfig, request } from '@playwright/test';
import { accounts, codeOf, earlierCodeOf, keepSessions, type Session } from './accounts.ts';

/** Once, before all tests: signs in everybody who signs in with one-time codes. */
export default async function signInWithCodes({ projects }: FullConfig): Promise<void> {
  const sessions: Record<string, Session> = {};
  for (const { login, password, totpSecret } of await accounts()) {
    if (!totpSecret) continue;
    const context = await request.newContext({ baseURL: projects[0]?.use.baseURL ?? '' });
    const signIn = (totp: string) => context.post('/v1/sessions', { data: { login, password, totp } });
    let answer = await signIn(earlierCodeOf(totpSecret));
    if (answer.status() === 401) answer = await signIn(codeOf(totpSecret));
    if (!answer.ok()) throw new Error(`${login}: ${answer.status()} ${await answer.text()}`);
    sessions[login] = await context.storageState();
    await context.dispose();
  }
  await keepSessions(sessions);
}
