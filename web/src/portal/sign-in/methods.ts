import { useRead } from '../../shared/use-api.ts';

/** Ways of signing in that this exchange offers. */
export function useSignInMethods(): { readonly password: boolean; readonly oidc: boolean } | undefined {
  return useRead<{ password: boolean; oidc: boolean }>('/sessions/methods', {}, { staleMs: Number.POSITIVE_INFINITY })
    .data;
}
