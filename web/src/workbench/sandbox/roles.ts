/** Who works in the sandbox. */
export const SANDBOX_OPERATORS: readonly string[] = ['operating-unit', 'data-merchant', 'buyer'];
/** Who gives tables to it. */
export const SANDBOX_HOLDERS: readonly string[] = ['data-provider', 'operating-unit', 'data-merchant'];
