import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type {
  NewTemplate,
  Template,
  TemplateChange,
  TemplateSummary,
  TemplateVersionSummary,
} from '../../../../../src/contract/templates.ts';
import { getJson, pathOf, sendJson } from '../../../lib/api.ts';

const PAGE = 50;

export function useTemplateList(search: string) {
  return useInfiniteQuery({
    queryKey: ['templates', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<TemplateSummary>>(pathOf('/api/templates', { search, limit: PAGE, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** The newest version, or the one that is named. */
export function useTemplate(id: string, version: number | null) {
  return useQuery({
    queryKey: ['templates', 'detail', id, version],
    queryFn: ({ signal }) =>
      getJson<Template>(pathOf(`/api/templates/${encodeURIComponent(id)}`, { version: version ?? undefined }), signal),
    refetchOnWindowFocus: false,
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ['templates', 'versions', id],
    queryFn: async ({ signal }) =>
      (await getJson<{ items: TemplateVersionSummary[] }>(`/api/templates/${encodeURIComponent(id)}/versions`, signal))
        .items,
  });
}

export function useCreateTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTemplate) => sendJson<Template>('POST', '/api/templates', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['templates'] }),
  });
}

export function useSaveTemplate(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TemplateChange) => sendJson<Template>('PATCH', `/api/templates/${encodeURIComponent(id)}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['templates'] }),
  });
}
