// What a dashboard shows, in one round trip: as it is kept, or with what somebody wants to see instead.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api } from '@/shared/api/client';
import { asked, type Content } from '@/shared/dashboard/content';
import type { Dashboard } from '@/shared/dashboard/queries';
import { type Filter, type Outcome, type Question, sent, type Span } from '@/shared/report/question';

/** By the ids of widgets. */
export type Answers = Record<string, Outcome | undefined>;

export interface Instead {
  span?: Span | undefined;
  filters: Filter[];
}

interface Told {
  widget: string;
}

export function byWidget(answers: (Outcome & Told)[]): Answers {
  return Object.fromEntries(answers.map((outcome) => [outcome.widget, outcome]));
}

/** The questions of all widgets that ask something. */
function questionsOf(content: Content, { span, filters }: Instead): [string, Question][] {
  return content.widgets.flatMap(({ id, query }) =>
    query === undefined ? [] : [[id, asked(content, query, span, filters)] as [string, Question]],
  );
}

async function askKept(projectId: string, dashboardId: string): Promise<Answers> {
  const params = { path: { projectId, dashboardId } };
  const request = api.GET('/api/v1/projects/{projectId}/dashboards/{dashboardId}/data', { params });
  return byWidget((await answer(request)).answers as unknown as (Outcome & Told)[]);
}

async function askAll(projectId: string, questions: [string, Question][]): Promise<Answers> {
  if (questions.length === 0) return {};
  const body = { reports: questions.map(([, question]) => question) };
  const request = api.POST('/api/v1/projects/{projectId}/reports/batch', {
    params: { path: { projectId } },
    body: sent(body as never),
  });
  const { answers } = await answer(request);
  return Object.fromEntries(questions.map(([id], at) => [id, answers[at] as unknown as Outcome]));
}

/** Answers for a dashboard that is looked at. */
export function useAnswers(projectId: string, dashboard: Dashboard, instead: Instead): UseQueryResult<Answers> {
  const { id, version, refresh_seconds } = dashboard;
  const isAsKept = instead.span === undefined && instead.filters.length === 0;
  return useQuery({
    queryKey: ['report', projectId, 'dashboard', id, version, instead],
    queryFn: () => (isAsKept ? askKept(projectId, id) : askAll(projectId, questionsOf(dashboard, instead))),
    placeholderData: keepPreviousData,
    refetchInterval: refresh_seconds === undefined ? false : refresh_seconds * 1_000,
  });
}

/** Answers for one that is being changed. */
export function useDraftAnswers(projectId: string, content: Content): UseQueryResult<Answers> {
  const questions = questionsOf(content, { filters: [] });
  return useQuery({
    queryKey: ['report', projectId, 'draft', questions],
    queryFn: () => askAll(projectId, questions),
    placeholderData: keepPreviousData,
  });
}
