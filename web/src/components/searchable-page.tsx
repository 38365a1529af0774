import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Icon } from './icon.tsx';
import page from './page.module.css';
import { PageHead } from './page-head.tsx';
import { SearchField } from './search-field.tsx';

interface SearchablePageProps {
  readonly title: string;
  /** One sentence on what the page is for. */
  readonly lead: string;
  /** What the button says that opens the dialog `?new`; null: there is none. */
  readonly add: string | null;
  /** Label of the search, which stands in the address as `?q`. */
  readonly search: string;
  /** The table, of what fits the search. */
  readonly found: (search: string) => ReactNode;
  /** Dialogs. */
  readonly children?: ReactNode;
}

/** A page that lists all there is of something, narrowed by a search in the browser. */
export function SearchablePage({ title, lead, add, search: label, found, children }: SearchablePageProps) {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const onSearch = (text: string) => setParams(text === '' ? {} : { q: text }, { replace: true });
  return (
    <div className={page.page}>
      <PageHead title={title} lead={lead}>
        {add === null ? null : (
          <Button kind="primary" onClick={() => setParams({ new: '' })}>
            <Icon name="plus" />
            {add}
          </Button>
        )}
      </PageHead>
      <div className={page.tools}>
        <span />
        <SearchField label={label} value={search} onSearch={onSearch} />
      </div>
      <Card flush>{found(search)}</Card>
      {children}
    </div>
  );
}
