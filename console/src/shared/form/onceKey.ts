// A name for something that must happen once, however often it is sent: made when a form is opened, kept while it is open.
// Not crypto.randomUUID: browsers have that only where the page came by https.
const KEY_BYTES = 16;

export function onceKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
