/** As much of the provider's types as its test here uses; the package ships none. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Account {
    readonly accountId: string;
    readonly claims: () => Promise<Readonly<Record<string, unknown>> & { readonly sub: string }>;
  }

  export class Provider {
    constructor(
      issuer: string,
      configuration: Readonly<Record<string, unknown>> & {
        readonly findAccount: (context: unknown, sub: string) => Account;
      },
    );
    callback(): RequestListener;
  }
}
