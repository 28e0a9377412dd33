// What a browser calls itself, in two words that people know.
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/YaBrowser\//, 'Yandex Browser'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
];

function named(agent: string, among: [RegExp, string][]): string | undefined {
  return among.find(([pattern]) => pattern.test(agent))?.[1];
}

export function deviceOf(agent: string): string {
  const [browser, system] = [named(agent, BROWSERS), named(agent, SYSTEMS)];
  // A program, like curl: its own name, without what it runs on.
  if (browser === undefined) return agent.split(' ')[0] ?? '';
  return system === undefined ? browser : `${browser} · ${system}`;
}
