// Where somebody goes after signing in.

/** Only a path of this console: nobody is sent elsewhere by a link. */
export function pathWithin(returnTo: string | undefined): string {
  const isPath = returnTo !== undefined && /^\/(?![/\\])/.test(returnTo);
  return isPath ? returnTo : '/';
}
