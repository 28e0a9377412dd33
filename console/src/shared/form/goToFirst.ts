// To the first field that something is wrong with, in the order of the page: it may be far above the button that sends the form.
const TYPED_INTO = 'input:not([type="hidden"]), textarea, select, button';

export function goToFirst(fields: (Element | null)[]): void {
  const [first] = fields.filter((field) => field !== null).sort(asOnThePage);
  if (first === undefined) return;
  const field = first.matches(TYPED_INTO) ? first : first.querySelector(TYPED_INTO);
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  first.scrollIntoView({ block: 'center' });
}

function asOnThePage(one: Element, other: Element): number {
  return (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING) === 0 ? -1 : 1;
}
