// A name in the room that there is: words are kept together, and what does not fit is left out with a sign.

/** At most so many lines of so many characters. */
export function inLines(name: string, { chars, lines }: { chars: number; lines: number }): string {
  const found: string[] = [];
  let rest = name.trim();
  while (rest !== '' && found.length < lines - 1 && rest.length > chars) {
    // One more: a blank directly behind the line ends it as well.
    const blank = rest.lastIndexOf(' ', chars);
    const end = blank > 0 ? blank : chars;
    found.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  const last = rest.length > chars ? `${rest.slice(0, Math.max(chars - 1, 1)).trimEnd()}…` : rest;
  return [...found, last].join('\n');
}
