import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewSeries, SeriesChange, SeriesDetail, SeriesOccurrence } from '../../../../../src/contract/series.ts';
import { sendJson } from '../../../lib/api.ts';

function useAct<Answer, Wanted>(act: (wanted: Wanted) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () => void client.invalidateQueries({ queryKey: ['series'] }),
  });
}

/** Makes a series when there is no id yet. */
export function useSaveSeries(id: string | null) {
  return useAct((body: NewSeries & SeriesChange) =>
    id === null
      ? sendJson<SeriesDetail>('POST', '/api/series', body)
      : sendJson<SeriesDetail>('PATCH', `/api/series/${encodeURIComponent(id)}`, body),
  );
}

export function useMoveSeries() {
  return useAct(({ id, move }: { id: string; move: 'pause' | 'resume' }) =>
    sendJson<SeriesDetail>('POST', `/api/series/${encodeURIComponent(id)}/${move}`, {}),
  );
}

/** An occurrence now. */
export function useRunSeries() {
  return useAct((id: string) => sendJson<SeriesOccurrence>('POST', `/api/series/${encodeURIComponent(id)}/run`, {}));
}
