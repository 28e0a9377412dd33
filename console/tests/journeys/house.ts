// A real server with data of its own, for one journey.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Filling the demo takes some seconds, and more than forty where six others want the same two processors. */
const PATIENCE_MS = 100_000;
const STEP_MS = 50;
/** What Linux counts processor time in. */
const TICK_MS = 10;
/** Below all ports that systems give away by themselves. */
const LASTING_PORTS = [20_000, 30_000] as const;

export const barker = process.env['BARKER'] ?? '../target/debug/barker';

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until there is something. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await ask();
    if (found !== undefined) return found;
    await pause(STEP_MS);
  }
  throw new Error(`it did not come: ${what}`);
}

export class House {
  url = '';
  private process: ChildProcess | undefined;
  private log = '';

  private constructor(
    private readonly directory: string,
    private readonly options: string[],
  ) {}

  /** A fresh installation; or the demo, with a market and days of traffic. */
  static async open(...options: '--demo'[]): Promise<House> {
    return House.openAt('127.0.0.1:0', options);
  }

  /** One that goes away and comes back: meanwhile nobody else is given its port. */
  static async openToReturn(): Promise<House> {
    return House.openAt(`127.0.0.1:${await lastingPort()}`, []);
  }

  private static async openAt(listen: string, options: string[]): Promise<House> {
    const house = new House(await mkdtemp(join(tmpdir(), 'barker-journey-')), options);
    await house.start(listen);
    return house;
  }

  /** Starts the server where it listened before. */
  async startAgain(): Promise<void> {
    await this.start(new URL(this.url).host);
  }

  private async start(listen: string): Promise<void> {
    this.log = '';
    const child = spawn(barker, ['serve', ...this.options, '--data-dir', this.directory, '--listen', listen], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RUST_LOG: 'warn' },
    });
    this.process = child;
    const note = (text: Buffer): void => {
      this.log += text.toString();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.on('error', (error) => note(Buffer.from(String(error))));
    this.url = await eventually(`${barker} listens; it said: ${this.log}`, () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${this.log}`);
      return /listening on (http:\S+)/.exec(this.log)?.[1];
    });
    await eventually('the server is ready', async () => {
      const answer = await fetch(`${this.url}/ready`).catch(() => undefined);
      return answer?.ok === true ? answer : undefined;
    });
  }

  /** The processor time that the server has taken, in milliseconds; without bounds where no system tells it. */
  async processorTime(): Promise<number> {
    const line = await readFile(`/proc/${this.process?.pid ?? ''}/stat`, 'utf8').catch(() => undefined);
    if (line === undefined) return Infinity;
    // After the name, which may hold anything: the time in the program and in the system are its 12th and 13th.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The password of the demo's login. */
  async demoPassword(): Promise<string> {
    return (await readFile(join(this.directory, 'demo-password'), 'utf8')).trim();
  }

  /** The link in the newest mail to somebody. */
  linkTo(email: string, page: string): Promise<string> {
    return eventually(`a mail to ${email} with a link to ${page}`, async () => {
      const folder = join(this.directory, 'mail');
      const names = await readdir(folder).catch(() => []);
      const mails = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
      const text = mails.findLast((mail) => mail.includes(email) && readable(mail).includes(`/${page}#`));
      const path = text === undefined ? undefined : new RegExp(`/${page}#[\\w-]+`).exec(readable(text))?.[0];
      return path === undefined ? undefined : `${this.url}${path}`;
    });
  }

  /** Uploads a file as a program does. */
  async upload<T>(path: string, file: Blob, token: string): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': file.type };
    const answer = await fetch(this.url + path, { method: 'POST', body: file, headers });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Calls the API as a program does. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    more: Record<string, string> = {},
  ): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { ...more, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

async function lastingPort(): Promise<number> {
  const isFree = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
  return eventually('a port is free', async () => {
    const port = randomInt(...LASTING_PORTS);
    return (await isFree(port)) ? port : undefined;
  });
}

/** The text of a mail: its parts may be base64, or have soft line ends. */
function readable(mail: string): string {
  const plain = mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
  const encoded = mail.match(/(?:[A-Za-z0-9+/=]{20,}\r?\n?)+/g) ?? [];
  return plain + encoded.map((part) => Buffer.from(part, 'base64').toString('utf8')).join('\n');
}
