// Files on their way to the server. `fetch` does not say how much of a body has gone; XMLHttpRequest does.
import { accessToken, type AccessToken, tokenAfter } from '../session/token';
import { serverIsGone } from './connection';
import { problemOf, Unreachable } from './problem';

interface Sending {
  onProgress: (sent: number) => void;
  signal: AbortSignal;
}

interface Sent {
  status: number;
  text: string;
  headers: Headers;
}

/** Sends a file as the body of a POST and answers what the server answers, or throws the problem. */
export async function upload<Answer>(path: string, file: Blob, sending: Sending): Promise<Answer> {
  const token = await accessToken();
  let sent = await post(path, file, token, sending);
  if (sent.status === 401 && token !== undefined) {
    const renewed = await tokenAfter(token);
    if (renewed !== undefined) sent = await post(path, file, renewed, sending);
  }
  const body = parsed(sent.text);
  if (sent.status >= 200 && sent.status < 300) return body as Answer;
  throw problemOf(body, new Response(null, { status: Math.max(sent.status, 200), headers: sent.headers }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function post(path: string, file: Blob, token: AccessToken | undefined, sending: Sending): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('content-type', 'application/octet-stream');
    if (token !== undefined) request.setRequestHeader('authorization', `Bearer ${token.text}`);
    request.upload.addEventListener('progress', (event) => sending.onProgress(event.loaded));
    request.addEventListener('load', () => {
      const headers = new Headers();
      for (const name of ['x-request-id', 'retry-after']) {
        const value = request.getResponseHeader(name);
        if (value !== null) headers.set(name, value);
      }
      resolve({ status: request.status, text: request.responseText, headers });
    });
    request.addEventListener('error', () => {
      serverIsGone();
      reject(new Unreachable());
    });
    request.addEventListener('abort', () => reject(new DOMException('the upload was stopped', 'AbortError')));
    sending.signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
