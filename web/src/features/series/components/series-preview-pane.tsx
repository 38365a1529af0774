import type { SeriesPreview } from '../../../../../src/contract/series.ts';
import { PreviewPane } from '../../../components/editor/message-preview.tsx';
import { useSeriesPreview } from '../api/preview-series.ts';
import { contentOf, isAddress, missingIn, type SeriesDraft } from '../draft.ts';
import { strings } from '../strings.ts';
import styles from './series.module.css';

/** The mail as it would be now, with what the feed has today. */
export function SeriesPreviewPane({ draft }: { draft: SeriesDraft }) {
  const { hasFeed, feed, from } = draft;
  const hasContent = !missingIn(draft).includes('content');
  const isFeedNamed = hasFeed && isAddress(feed.url);
  const preview = useSeriesPreview(
    hasContent && (!hasFeed || isFeedNamed)
      ? {
          ...contentOf(draft),
          ...(hasFeed ? { feed: { ...feed, url: feed.url.trim() } } : {}),
          ...(from.includes('@') ? { from: from.trim() } : {}),
        }
      : null,
  );
  const { data, error } = preview;
  return (
    <div className={styles.preview}>
      {data?.feed ? <FeedItems feed={data.feed} /> : null}
      {hasContent ? null : <p className="muted">{strings.editor.noPreview}</p>}
      <PreviewPane preview={data?.message ?? null} error={error} isPending={preview.isFetching} />
    </div>
  );
}

function FeedItems({ feed: { title, items } }: { feed: NonNullable<SeriesPreview['feed']> }) {
  const words = strings.editor;
  return (
    <details className={styles.items}>
      <summary>
        <b>{title}</b> <span className="muted">{words.items({ count: items.length })}</span>
      </summary>
      {items.length === 0 ? <p className="muted">{words.noItems}</p> : null}
      <ul>
        {items.map(({ title: item, link, summary }) => (
          <li key={`${link} ${item}`}>
            {item}
            <span className={`muted ${styles.cut}`}>{summary}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
