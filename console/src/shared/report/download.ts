// A report as a file.
import { api } from '../api/client';
import { problemOf } from '../api/problem';
import { saveFile } from '../ui/saveFile';
import { type Question, sent } from './question';

export const FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** What a file may be called: letters and digits of any language, dashes. */
function fileName(title: string, format: Format): string {
  const words = title.trim().replace(/[^\p{L}\p{N}]+/gu, '-');
  return `${words.replace(/^-|-$/g, '') || 'report'}.${format}`;
}

export async function downloadReport(
  projectId: string,
  question: Question,
  format: Format,
  title: string,
): Promise<void> {
  const { data, error, response } = await api.POST('/api/v1/projects/{projectId}/reports/export', {
    params: { path: { projectId }, query: { format } },
    // A file has every row, not only those of a table.
    body: sent({ ...question, limit: undefined }),
    parseAs: 'blob',
  });
  if (!response.ok) throw problemOf(error, response);
  saveFile(data as unknown as Blob, fileName(title, format));
}
