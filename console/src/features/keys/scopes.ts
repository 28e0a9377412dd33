// What a key may be used for.
export const SCOPES = ['serve', 'manage', 'read'] as const;
export type Scope = (typeof SCOPES)[number];
